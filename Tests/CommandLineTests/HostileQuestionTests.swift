// SPDX-License-Identifier: Apache-2.0
import JSON
import Testing

@testable import jackfield

/// Questions of any shape, answered with any line: a terminal shows nothing that is obeyed, and goes on.
@Suite struct HostileQuestionTests {
  private static let names = [
    "message", "options", "many", "default", "label", "description", "prompt", "password", "schema", "values", "title", "type",
    "properties",
    "required", "enum", "minimum", "maximum", "minLength", "items", "format", "command", "arguments", "workspace",
  ]
  private static let texts = ["", "object", "array", "string", "integer", "boolean", "\u{1B}[2J", "\u{9B}31m", "a\r\nb", "ä🐍", "\u{202E}x"]
  private static let lines = [
    "", "1", "y", "-", "none", "1-3", "0.5", "[1]", "{\"a\":1}", "\u{1B}[A", "99999999999999999999", "-9223372036854775808",
    "text",
  ]

  /// The same ones in every run.
  private struct Source: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      let mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
      return mixed ^ (mixed >> 27)
    }
  }

  private func value(_ source: inout some RandomNumberGenerator, _ depth: Int = 0) -> JSONValue {
    switch Int.random(in: 0..<(depth > 4 ? 5 : 9), using: &source) {
    case 0: return .null
    case 1: return .bool(Bool.random(using: &source))
    case 2: return .integer([0, 1, -1, .max, .min].randomElement(using: &source) ?? 0)
    case 3: return .number([0.5, -1e308, 1e308].randomElement(using: &source) ?? 0)
    case 4: return .string(Self.texts.randomElement(using: &source) ?? "")
    case 5: return .array((0..<Int.random(in: 0..<4, using: &source)).map { _ in value(&source, depth + 1) })
    default:
      var members: [String: JSONValue] = [:]
      for _ in 0..<Int.random(in: 0..<6, using: &source) {
        members[Self.names.randomElement(using: &source) ?? ""] = value(&source, depth + 1)
      }
      return .object(members)
    }
  }

  @Test(arguments: ["choose", "input", "form", "consent"], 0..<3) func anyQuestionIsAskedInPlainText(kind: String, seed: UInt64) throws {
    var source = Source(state: seed)
    for _ in 0..<700 {
      var body = value(&source)
      // Often enough of the shape that is expected.
      if Bool.random(using: &source) {
        body = ["options": [["label": "a"], ["label": "b"]], "default": value(&source), "schema": value(&source)]
      }
      var dialog = try #require(AttachQuestion(FakeBridge.question(1, kind, body, run: "\u{1B}]0;x\u{7}"))?.dialog)
      var shown = dialog.opening + [dialog.prompt]
      for line in Self.lines.shuffled(using: &source) {
        switch dialog.take(line) {
        case .again(let sentence): shown += [sentence, dialog.prompt]
        case .more(let lines): shown += lines + [dialog.prompt]
        case .done: shown += dialog.restart()
        }
      }
      #expect(shown.allSatisfy { Terminal.plain($0) == $0 }, "\(body.serialized())")
    }
  }
}
