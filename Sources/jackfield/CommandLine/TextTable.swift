// SPDX-License-Identifier: Apache-2.0

/// Rows in aligned columns under their titles.
struct TextTable {
  var titles: [String]
  /// As many cells a row as there are titles.
  var rows: [[String]]
  /// Columns that hold numbers stand to the right.
  var numbers: Set<Int> = []

  /// - Parameter width: Of the terminal; the last column is wrapped within it. nil: nothing is wrapped.
  ///
  /// Control characters in cells are shown as "?", so that no plugin writes to the terminal.
  func lines(width: Int?) -> [String] {
    let cells = ([titles] + rows).map { $0.map(Terminal.plain) }
    let widths = titles.indices.map { column in cells.map { $0[column].count }.max() ?? 0 }
    return cells.flatMap { row in
      let left = row.dropLast().enumerated().map {
        TextLayout.padded($0.element, to: widths[$0.offset], right: numbers.contains($0.offset)) + "  "
      }.joined()
      let last = row.count - 1
      let right = numbers.contains(last) ? TextLayout.padded(row[last], to: widths[last], right: true) : row[last]
      return TextLayout.beside(left, right, width: width ?? Int.max)
    }
  }
}
