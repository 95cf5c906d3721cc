// SPDX-License-Identifier: Apache-2.0
import Glibc

/// The terminal of a front: lines that stay, and below them one that changes, a prompt or a progress.
struct AttachScreen {
  enum Colour: String {
    case red = "31"
    case yellow = "33"
    case cyan = "36"
    case bold = "1"
  }

  private let hasColours: Bool
  private var bottom = ""

  init(environment: [String: String] = Environment.all) {
    hasColours = (environment["NO_COLOR"] ?? "").isEmpty && environment["TERM"] != "dumb"
  }

  func coloured(_ text: String, _ colour: Colour) -> String { hasColours ? "\u{1B}[\(colour.rawValue)m\(text)\u{1B}[0m" : text }

  /// - Parameter lines: Without anything that a terminal obeys, but colours of ours.
  func show(_ lines: [String]) {
    let text = lines.map { $0 + "\n" }.joined()
    Output.write((bottom.isEmpty ? "" : "\r\u{1B}[K") + text + bottom, to: STDOUT_FILENO)
  }

  /// Changes the line at the bottom.
  mutating func change(to text: String) {
    guard text != bottom else { return }
    Output.write((bottom.isEmpty ? "" : "\r\u{1B}[K") + text, to: STDOUT_FILENO)
    bottom = text
  }

  /// A person has ended the line at the bottom, or the terminal has written "^C" there.
  mutating func lineIsEnded(byKey: Bool = true) {
    if !byKey { Output.write("\n", to: STDOUT_FILENO) }
    bottom = ""
  }

  /// Cut so that it stays one line.
  static func fitted(_ text: String) -> String { String(text.prefix(max(10, (Terminal.width ?? 80) - 1))) }
}
