// SPDX-License-Identifier: Apache-2.0

/// One line of a terminal that has no right edge.
struct TextLine: Sendable {
  /// A character with more marks than this is a joke.
  private static let mostMarks = 8

  private(set) var cells: [TextCell] = []
  /// Marks that join a character, by its column. Nearly always empty.
  private var marks: [Int: [Unicode.Scalar]] = [:]

  /// Puts a character of one or two columns there; what was there goes.
  mutating func put(_ scalar: Unicode.Scalar, width: Int, at column: Int, style: TextStyle) {
    pad(to: column)
    if width == 1, column == cells.count { return cells.append(TextCell(scalar: scalar, style: style)) }
    pad(to: column + width)
    for place in column..<column + width { split(at: place) }
    cells[column] = TextCell(scalar: scalar, style: style)
    if width == 2 { cells[column + 1] = TextCell(scalar: "\0", style: style) }
  }

  /// Appends plain characters, as far as there are any and they fit.
  ///
  /// - Returns: How many.
  mutating func append(_ text: Span<UInt8>, from start: Int, most: Int, style: TextStyle) -> Int {
    let end = min(text.count, start + most)
    var index = start
    while index < end, text[index] >= 0x20, text[index] < 0x7F {
      cells.append(TextCell(scalar: Unicode.Scalar(text[index]), style: style))
      index += 1
    }
    return index - start
  }

  /// Joins a mark to the character before a column; dropped when there is none.
  mutating func join(_ mark: Unicode.Scalar, before column: Int) {
    guard column > 0, column <= cells.count else { return }
    let place = cells[column - 1].isSecondHalf && column > 1 ? column - 2 : column - 1
    if marks[place, default: []].count < Self.mostMarks { marks[place, default: []].append(mark) }
  }

  /// Makes the columns blank; the line ends where only blanks would follow.
  mutating func erase(_ columns: Range<Int>) {
    let columns = columns.clamped(to: 0..<cells.count)
    guard !columns.isEmpty else { return }
    split(at: columns.lowerBound)
    split(at: columns.upperBound - 1)
    if columns.upperBound == cells.count { return truncate(to: columns.lowerBound) }
    for column in columns {
      cells[column] = .blank
      marks[column] = nil
    }
  }

  /// Takes columns out; what follows moves up.
  mutating func remove(_ count: Int, at column: Int) {
    guard column < cells.count else { return }
    let end = min(cells.count, column + count)
    split(at: column)
    split(at: end - 1)
    moveMarks { $0 < column ? $0 : $0 < end ? nil : $0 - (end - column) }
    cells.removeSubrange(column..<end)
  }

  /// Puts blanks in; what follows moves on.
  mutating func insert(_ count: Int, at column: Int) {
    guard column < cells.count else { return }
    split(at: column)
    moveMarks { $0 < column ? $0 : $0 + count }
    cells.insert(contentsOf: repeatElement(.blank, count: count), at: column)
  }

  private mutating func truncate(to column: Int) {
    cells.removeSubrange(column...)
    if !marks.isEmpty { marks = marks.filter { $0.key < column } }
  }

  private mutating func pad(to column: Int) {
    if column > cells.count { cells += repeatElement(.blank, count: column - cells.count) }
  }

  /// What is about to be overwritten: its marks go, and the other half of a wide character is a blank from now on.
  private mutating func split(at column: Int) {
    if !marks.isEmpty { marks[column] = nil }
    if cells[column].isSecondHalf, column > 0 {
      cells[column - 1].scalar = " "
      cells[column].scalar = " "
      marks[column - 1] = nil
    } else if column + 1 < cells.count, cells[column + 1].isSecondHalf {
      cells[column].scalar = " "
      cells[column + 1].scalar = " "
    }
  }

  private mutating func moveMarks(_ place: (Int) -> Int?) {
    guard !marks.isEmpty else { return }
    var moved: [Int: [Unicode.Scalar]] = [:]
    for (column, scalars) in marks { if let column = place(column) { moved[column] = scalars } }
    marks = moved
  }

  /// Appends the line as text that looks the same wherever it stands: every style begun is ended.
  func write(to text: inout [UInt8], links: TextLinks) {
    var style = TextStyle.plain
    for (column, cell) in cells.enumerated() where !cell.isSecondHalf {
      if cell.style != style {
        links.change(from: style, to: cell.style, in: &text)
        style = cell.style
      }
      if cell.scalar.isASCII { text.append(UInt8(cell.scalar.value)) } else { text += UTF8.encode(cell.scalar)! }  // every scalar has one
      if !marks.isEmpty, let marks = marks[column] { for mark in marks { text += UTF8.encode(mark)! } }  // as above
    }
    if style != .plain { links.change(from: style, to: .plain, in: &text) }
  }
}
