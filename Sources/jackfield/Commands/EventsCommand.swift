// SPDX-License-Identifier: Apache-2.0
import JSON

extension Subcommand {
  static let events = Subcommand(
    name: "events", summary: "show events as they happen", arguments: "[PATTERN…]",
    options: [.json, OptionSpec(name: "--count", value: "N", help: "end after N events")],
    discussion: "A pattern is a topic such as 'trainer.step', 'trainer.*' for all below it, or '*' for all (the default). Ctrl-C ends.",
    examples: ["jackfield events", "jackfield events 'trainer.*' runs.changed", "jackfield events trainer.step --json | jq .payload.loss"],
    run: { try EventsCommand.run($0) })
}

enum EventsCommand {
  static func run(_ invocation: Invocation) throws -> Int32 {
    var left = try invocation.value("--count").map(count) ?? Int.max
    let patterns = invocation.arguments.isEmpty ? ["*"] : invocation.arguments
    let asLines = invocation.wantsJSON || !Terminal.outputIsTerminal
    let client = try ControlClient(home: invocation.home)
    Interrupt.watch()
    let show: (String, JSONValue) -> Void = { method, event in
      guard method == "event" else { return }
      if asLines { Terminal.printLine(event) } else { Terminal.print(line(event)) }
      left -= 1
      if left <= 0 { SystemExit.end(SystemExit.ok) }
    }
    _ = try client.request(
      "event/subscribe", ["patterns": .array(patterns.map { .string($0) })], interrupted: { _ in SystemExit.end(SystemExit.interrupted) },
      notified: show)
    try client.listen(show)
    return SystemExit.interrupted
  }

  private static func count(_ text: String) throws(UsageError) -> Int {
    guard let number = Int(text), number > 0 else {
      throw UsageError("'--count' wants a number above 0, not '\(text)'", subcommand: "events")
    }
    return number
  }

  private static func line(_ event: JSONValue) -> String {
    let lost = event["lost"]?.intValue ?? 0
    let note = lost > 0 ? "  (\(lost) lost before this one)" : ""
    return "\(StatusCommand.text(event["topic"]))  \(Terminal.plain(event["payload"]?.serialized() ?? ""))\(note)"
  }
}
