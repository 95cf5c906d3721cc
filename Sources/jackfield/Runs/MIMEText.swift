// SPDX-License-Identifier: Apache-2.0
import JSON

/// The text among the forms of one output.
enum MIMEText {
  /// What is text as it stands, best first; HTML and SVG are not.
  private static let readable = ["text/plain", "text/markdown", "text/latex", "application/json"]

  static func best(_ data: JSONValue?) -> String? {
    readable.lazy.compactMap { type in text(data?[type], type) }.first { !saysNothing($0) }
  }

  private static func text(_ value: JSONValue?, _ type: String) -> String? {
    switch value {
    case .string(let text)?: text
    // Formats of files allow a text in lines.
    case .array(let lines)? where type != "application/json": lines.compactMap(\.stringValue).joined()
    case let value? where value != .null && type == "application/json": Terminal.json(value, pretty: true)
    default: nil
    }
  }

  /// What IPython's wrappers of HTML, Markdown and the like say of themselves.
  private static func saysNothing(_ text: String) -> Bool { text.hasPrefix("<IPython.core.display.") && text.hasSuffix(" object>") }
}
