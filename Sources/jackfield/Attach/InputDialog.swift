// SPDX-License-Identifier: Apache-2.0
import JSON

/// Asks for a line of text, or a password.
struct InputDialog: AttachDialog {
  private let run: String
  private let text: String
  private let preset: String?
  let isSecret: Bool

  init(_ question: AttachQuestion) {
    run = question.run
    text = question.body["prompt"]?.stringValue ?? ""
    preset = question.body["default"]?.stringValue
    isSecret = question.body["password"] == true
  }

  var opening: [String] { ["\(run) asks for \(isSecret ? "a password" : "a text"):"] + ScriptText.lines(text) }

  var prompt: String {
    guard let preset, !preset.isEmpty else { return "> " }
    return isSecret ? "[as it is] > " : "[\(ScriptText.line(preset, 60))] > "
  }

  mutating func take(_ line: String) -> DialogStep {
    .done(["value": .string(line.isEmpty ? preset ?? "" : line)])
  }
}
