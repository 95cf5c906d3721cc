// SPDX-License-Identifier: Apache-2.0
import JSON

/// Asks whether a run may execute a command. Who only presses Enter denies it.
struct ConsentDialog: AttachDialog {
  private let run: String
  private let command: String
  private let arguments: String
  private let workspace: String?

  init(_ question: AttachQuestion) {
    run = question.run
    command = ScriptText.line(question.body["command"]?.stringValue ?? "", 200)
    arguments = ScriptText.line(question.body["arguments"]?.stringValue ?? "", 500)
    workspace = question.body["workspace"]?.stringValue.map { ScriptText.line($0) }
  }

  var opening: [String] {
    var lines = ["\(run) wants to execute", "\(ScriptText.mark)\(command)"]
    if !arguments.isEmpty, arguments != "[]" { lines.append("\(ScriptText.mark)with \(arguments)") }
    if let workspace { lines.append("  a  allow it to all runs of \(workspace), from now on") }
    return lines + ["  r  allow it to this run", "* d  deny it to this run"]
  }

  var prompt: String { workspace == nil ? "r or d [d]: " : "a, r or d [d]: " }

  /// Says nothing that would be remembered.
  var givenUp: (member: String, value: JSONValue) {
    ("error", .string("'\(command)' was not allowed: nobody decided about it; execute it again to ask again"))
  }

  mutating func take(_ line: String) -> DialogStep {
    switch line.trimmed.lowercased() {
    case "", "d", "deny", "n", "no": .done(["decision": "deny"])
    case "r", "run": .done(["decision": "allow_run"])
    case "a", "allow": workspace == nil ? .again("type r or d") : .done(["decision": "allow"])
    default: .again(workspace == nil ? "type r or d" : "type a, r or d")
    }
  }
}
