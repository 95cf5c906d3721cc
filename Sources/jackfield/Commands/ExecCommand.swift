// SPDX-License-Identifier: Apache-2.0
import JSON

extension Subcommand {
  static let exec = Subcommand(
    name: "exec", summary: "run a file, or the block at a line of it, in its kernel", arguments: "FILE[:LINE] | --code TEXT",
    options: [
      OptionSpec(name: "--top", help: "the statement at the left margin, not the innermost one at the line"),
      OptionSpec(name: "--cell", help: "the cell at the line"),
      OptionSpec(name: "--all", help: "every cell, or every statement; the default without a line"),
      OptionSpec(name: "--above", help: "what stands above the line"),
      OptionSpec(name: "--below", help: "the line's block and what stands below it"),
      OptionSpec(name: "--selection", value: "A-B", help: "the lines A to B"),
      OptionSpec(name: "--code", value: "TEXT", help: "run this instead of lines; - reads it from standard input"),
    ] + KernelTarget.options + [
      OptionSpec(name: "--client", value: "NAME", help: "who asks (default: cli); clients are served in turn"),
      OptionSpec(name: "--no-wait", help: "only put it into the queue"),
      OptionSpec(name: "--keep-going", help: "go on with the next block when one fails"),
      OptionSpec(name: "--timeout", value: "TIME", help: "interrupt it after this long: 500ms, 5s, 2m"),
      OptionSpec(
        name: "--image", value: "WAY", choices: ImageWay.allCases.map(\.rawValue),
        help: "how to show images: auto (default), kitty, sixel, or path"),
      OptionSpec(name: "--json", help: "print each event as a line, and the answer as the last"),
    ],
    discussion: """
      The first run of a file begins a kernel for it, which stays: what was defined is there the next time, also for an editor. \
      What the code prints goes to standard output and standard error as it comes; code may ask for input. \
      Ctrl-C interrupts the code; a second one leaves it alone and ends this command. Exit status 1 when the code failed.
      """,
    examples: [
      "jackfield exec train.py", "jackfield exec train.py:42", "jackfield exec train.py:42 --cell",
      "jackfield exec train.py --selection 10-20", "jackfield exec train.py --code 'print(model)'",
    ],
    run: { try ExecCommand.run($0) })
}

/// Runs code and shows what happens.
enum ExecCommand {
  static func run(_ invocation: Invocation) throws -> Int32 {
    let painter = ImagePainter(try ImageWay(option: invocation.value("--image")))
    let timeout = try invocation.value("--timeout").map(Duration.parse)
    let order = try ExecOrder(invocation) { String(decoding: try Input.standard(), as: UTF8.self) }
    Interrupt.watch()
    if invocation.wantsJSON { return try json(order, timeout, invocation) }
    var printer = RunPrinter { painter.show($0) }
    let follower = RunFollower(home: invocation.home) { printer.show($0) }
    follower.heard = { printer.screen.lineIsBegun() }
    defer { printer.end() }
    let outcome = try follower.run(order.input, timeout: timeout)
    for sentence in outcome.notes { printer.screen.tell(sentence) }
    return outcome.status
  }

  private static func json(_ order: ExecOrder, _ timeout: Int?, _ invocation: Invocation) throws -> Int32 {
    let outcome = try RunFollower(home: invocation.home) { Terminal.printLine($0) }.run(order.input, timeout: timeout)
    if let answer = outcome.answer { Terminal.printLine(answer) }
    return outcome.status
  }
}
