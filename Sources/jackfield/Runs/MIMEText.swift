// SPDX-License-Identifier: Apache-2.0
import JSON

/// The text among the forms of one output.
enum MIMEText {
  /// What is text as it stands, best first; HTML and SVG are not.
  private static let readable = ["text/plain", "text/markdown", "text/latex", "application/json"]

  static func best(_ data: JSONValue?) -> String? {
    for type in readable {
      switch data?[type] {
      case .string(let text)?: return text
      // Formats of files allow a text in lines.
      case .array(let lines)? where type != "application/json": return lines.compactMap(\.stringValue).joined()
      case let value? where value != .null && type == "application/json": return Terminal.json(value, pretty: true)
      default: break
      }
    }
    return nil
  }
}
