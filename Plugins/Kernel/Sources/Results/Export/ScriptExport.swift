// SPDX-License-Identifier: Apache-2.0

internal import JSON

/// Writes a script whose results stand below their lines as comments.
enum ScriptExport {
  /// What a comment of ours begins with, so that it can be told from the author's.
  static let mark = "#> "

  static func text(_ pieces: [ExportPiece]) -> String {
    var text = ""
    for piece in pieces {
      // A second result of the same lines has outputs alone.
      if !piece.source.isEmpty || piece.result == nil { text += piece.source + "\n" }
      if let row = piece.result, row.freshness != .fresh {
        text += "\(mark)[\(row.freshness.rawValue): the lines are not those that were run]\n"
      }
      for output in piece.outputs { text += comment(output) }
    }
    return text
  }

  private static func comment(_ output: ExportOutput) -> String {
    switch output {
    case .text(_, let text): lines(text)
    case .note(let text): lines(text)
    case .error(let name, let value, let traceback): lines(traceback.isEmpty ? "\(name): \(value)" : traceback.joined(separator: "\n"))
    case .bundle(_, _, let data, _):
      if let text = plain(data) { lines(text) } else { lines("[\(data.keys.sorted().joined(separator: ", "))]") }
    }
  }

  /// Text in a bundle: a string, or a list of them.
  static func plain(_ data: [String: JSONValue], _ type: String = "text/plain") -> String? {
    guard let value = data[type] else { return nil }
    return value.stringValue ?? value.arrayValue?.compactMap(\.stringValue).joined()
  }

  /// Every line a comment, whatever a program takes for the end of a line.
  private static func lines(_ text: String) -> String {
    let clean = String(
      String.UnicodeScalarView(PlainText.of(text).unicodeScalars.map { isBreak($0) ? "\n" : $0.value == 0 ? "\u{FFFD}" : $0 }))
    var lines = clean.split(separator: "\n", omittingEmptySubsequences: false)
    if lines.last == "" { lines.removeLast() }
    return lines.map { "\(mark)\($0)\n" }.joined()
  }

  private static func isBreak(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x0A, 0x0B, 0x0C, 0x0D, 0x1C, 0x1D, 0x1E, 0x85, 0x2028, 0x2029: true
    default: false
    }
  }
}
