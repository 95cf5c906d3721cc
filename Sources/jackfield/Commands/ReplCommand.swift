// SPDX-License-Identifier: Apache-2.0

extension Subcommand {
  static let repl = Subcommand(
    name: "repl", summary: "type code into a file's kernel", arguments: "FILE | --kernel ID",
    options: KernelTarget.options + [
      OptionSpec(
        name: "--image", value: "WAY", choices: ImageWay.allCases.map(\.rawValue),
        help: "how to show images: auto (default), kitty, sixel, or path")
    ],
    discussion: """
      What the file's runs defined is there, and what is defined here is there for them. Tab completes, "name?" explains, \
      "name??" with its source; Ctrl-C interrupts the code or drops the line, Ctrl-D leaves: the kernel lives on.
      """,
    examples: ["jackfield repl train.py", "jackfield repl --kernel 3f2a"],
    run: { invocation in
      let file = try invocation.arguments(0...1).first
      let image = try ImageWay(option: invocation.value("--image"))
      guard Terminal.inputIsTerminal, Terminal.outputIsTerminal else {
        let other = "jackfield exec \(file ?? "FILE") --code -"
        throw UsageError("'repl' wants a terminal; '\(other)' runs code from a pipe", subcommand: "repl")
      }
      Interrupt.watch(always: true)
      let kernel = try ReplKernel(file: file, input: KernelTarget.input(invocation), home: invocation.home)
      try ReplSession(kernel, image: image, home: invocation.home).run()
      return SystemExit.ok
    })
}
