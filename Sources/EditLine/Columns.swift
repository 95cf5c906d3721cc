// SPDX-License-Identifier: Apache-2.0

/// Lays short texts out in columns, down then across.
enum Columns {
  /// At most so many rows; the rest is counted in a last line.
  static let mostRows = 40

  static func lines(_ texts: [String], width: Int) -> [String] {
    let column = (texts.map(\.count).max() ?? 0) + 2
    let columns = max(1, width / column)
    let rows = (texts.count + columns - 1) / columns
    let shown = min(rows, mostRows)
    var lines = (0..<shown).map { row in
      stride(from: row, to: texts.count, by: rows).map { padded(texts[$0], to: column) }.joined()
    }
    lines = lines.map { String($0.reversed().drop { $0 == " " }.reversed()) }
    if rows > shown { lines.append("… \(texts.count) in all") }
    return lines
  }

  private static func padded(_ text: String, to width: Int) -> String { text + String(repeating: " ", count: max(0, width - text.count)) }
}
