// SPDX-License-Identifier: Apache-2.0
import JSON

/// What `jackfield watch` shows at one moment.
struct WatchFrame {
  let watches: [JSONValue]
  /// The numbers each had, by its id, the oldest first.
  var history: [String: [Double?]] = [:]

  static let historyWidth = 24

  func lines(width: Int?) -> [String] {
    guard !watches.isEmpty else { return ["nothing is watched; add an expression: jackfield watch FILE EXPR"] }
    let rows = watches.map { watch in
      [
        StatusCommand.text(watch["expression"]), Sparkline.text(history[watch["id"]?.stringValue ?? ""] ?? [], width: Self.historyWidth),
        Self.value(watch),
      ]
    }
    return TextTable(titles: ["EXPRESSION", "HISTORY", "VALUE"], rows: rows).lines(width: width)
  }

  /// One line, whatever the value is.
  private static func value(_ watch: JSONValue) -> String {
    let value = watch["value"]
    let text = (value?["text"]?.stringValue ?? "").split(separator: "\n").joined(separator: " ⏎ ")
    switch value?["status"]?.stringValue {
    case "ok": return text
    case "error": return "! \(text)"
    case "late": return "! no answer in time"
    case "absent": return "– no kernel"
    default: return watch["pending"] == true ? "…" : "–"
    }
  }

  /// The lines that fit on a screen.
  func lines(width: Int, height: Int, file: String) -> [String] {
    var lines = ["\(Terminal.plain(file)): r looks again, q ends", ""] + lines(width: nil)
    if lines.count > height, height > 0 { lines = lines.prefix(height - 1) + ["… and \(lines.count - height + 1) more"] }
    return lines.map { String($0.prefix(width)) }
  }
}
