// SPDX-License-Identifier: Apache-2.0
import JSON

extension Subcommand {
  static let attach = Subcommand(
    name: "attach", summary: "show what running scripts say, and answer what they ask",
    options: [
      OptionSpec(name: "--name", value: "NAME", help: "what others see of this terminal (default: terminal)"),
      OptionSpec(name: "--workspace", value: "DIR", help: "scripts of this folder ask here first (default: the current one)"),
      OptionSpec(name: "--once", help: "end when one question is answered"),
      OptionSpec(
        name: "--can", value: "KIND", repeats: true, choices: AttachOrder.kinds,
        help: "with --json: what this front can do (default: \(AttachOrder.ordinary.joined(separator: ", ")))"),
      OptionSpec(name: "--offer", value: "COMMAND", repeats: true, help: "with --json: a command that scripts may execute here"), .json,
    ],
    discussion: """
      Messages and progress are shown as they come, questions one after the other. Ctrl-C gives a question up, and at rest ends; Ctrl-D ends: \
      what is open is then asked elsewhere. At rest, "p" and Enter lists what scripts wait for, "?" and Enter tells the rest. \
      With --json each line out is one object ("question", "withdrawn", "notice", "front"), and each line in an answer: \
      {"question": 7, "result": {…}}, or "error", or "part"; the end of input ends it.
      """,
    examples: [
      "jackfield attach", "jackfield attach --workspace ~/project --name left", "jackfield attach --json --can choose --can open",
    ],
    run: { try AttachCommand.run($0) })
}

enum AttachCommand {
  static func run(_ invocation: Invocation) throws -> Int32 {
    _ = try invocation.arguments(0...0)
    let order = try AttachOrder(invocation)
    let isOnce = invocation.has("--once")
    if invocation.wantsJSON {
      Interrupt.watch(always: true)
      return try AttachPipe(FrontLink(order.input, home: invocation.home), isOnce: isOnce).run()
    }
    guard Terminal.inputIsTerminal, Terminal.outputIsTerminal else {
      throw UsageError("'attach' wants a terminal; 'jackfield attach --json' is for programs", subcommand: "attach")
    }
    Interrupt.watch(always: true)
    return try AttachSession(FrontLink(order.input, home: invocation.home), isOnce: isOnce).run()
  }
}
