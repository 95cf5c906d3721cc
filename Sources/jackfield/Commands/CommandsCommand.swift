// SPDX-License-Identifier: Apache-2.0
import JSON

extension Subcommand {
  static let commands = Subcommand(
    name: "commands", summary: "list what can be called", arguments: "[PREFIX]", options: [.json],
    examples: ["jackfield commands", "jackfield commands trainer."],
    complete: { $0.arguments.isEmpty ? CommandsCommand.names($0.home) : [] },
    run: { invocation in
      let prefix = try invocation.arguments(0...1).first ?? ""
      let commands = try ControlClient(home: invocation.home).request("command/list", ["prefix": .string(prefix)])["commands"] ?? []
      if invocation.wantsJSON {
        Terminal.print(commands)
      } else {
        let text = StatusCommand.text
        let rows = (commands.arrayValue ?? []).map { [text($0["name"]), text($0["plugin"]), text($0["summary"])] }
        if rows.isEmpty {
          Terminal.print(prefix.isEmpty ? "no plugin offers a command; 'jackfield plugins' says why" : "no command begins with '\(prefix)'")
        } else {
          Terminal.print(TextTable(titles: ["COMMAND", "PLUGIN", "SUMMARY"], rows: rows))
        }
      }
      return SystemExit.ok
    })
}

enum CommandsCommand {
  /// For completion; nothing when there is no host.
  static func names(_ home: String?) -> [String] {
    let commands = ControlClient.ask("command/list", home: home)?["commands"]?.arrayValue ?? []
    return commands.compactMap { $0["name"]?.stringValue }
  }
}
