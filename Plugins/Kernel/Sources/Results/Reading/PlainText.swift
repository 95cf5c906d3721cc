// SPDX-License-Identifier: Apache-2.0

/// Text without the escapes that `TerminalText` writes.
enum PlainText {
  static func of(_ text: String) -> String {
    guard text.utf8.contains(0x1B) else { return text }
    var parser = EscapeParser()
    var plain = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      for action in parser.take(scalar) {
        switch action {
        case .show(let scalar): plain.append(scalar)
        case .control(let byte): plain.append(Unicode.Scalar(byte))
        case .escape, .sequence, .command: break
        }
      }
    }
    return String(plain)
  }
}
