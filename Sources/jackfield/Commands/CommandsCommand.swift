// SPDX-License-Identifier: Apache-2.0
import JSON

extension Subcommand {
  static let commands = Subcommand(
    name: "commands", summary: "list what can be called", arguments: "[PREFIX]", options: [.json],
    examples: ["jackfield commands", "jackfield commands trainer."], complete: { _, home in CommandsCommand.names(home) },
    run: { invocation in
      let prefix = try invocation.arguments(0...1).first ?? ""
      let commands = try ControlClient(home: invocation.home).request("command/list", ["prefix": .string(prefix)])["commands"] ?? []
      if invocation.wantsJSON {
        Terminal.print(commands)
      } else {
        let text = StatusCommand.text
        Terminal.printTable(
          ["COMMAND", "PLUGIN", "SUMMARY"], (commands.arrayValue ?? []).map { [text($0["name"]), text($0["plugin"]), text($0["summary"])] })
      }
      return SystemExit.ok
    })
}

enum CommandsCommand {
  /// For completion; nothing when there is no host.
  static func names(_ home: String?) -> [String] {
    let commands = try? ControlClient(home: home).request("command/list")["commands"]?.arrayValue
    return (commands ?? [])?.compactMap { $0["name"]?.stringValue } ?? []
  }
}
