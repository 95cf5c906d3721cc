// SPDX-License-Identifier: Apache-2.0

extension PythonDocument {
  /// All cells in order; they cover every line but those above the first marker when these hold no code.
  public var cells: [Cell] {
    var found: [Cell] = []
    var first = 0
    var marker: CellMarker?
    for line in records.indices where records[line].role == .comment {
      guard let next = CellMarker(bytes.span, byteRange(ofLine: line)) else { continue }
      add(marker, first, line, to: &found)
      (marker, first) = (next, line)
    }
    add(marker, first, lineCount, to: &found)
    return found
  }

  /// The cell that holds a line; nil for lines above the first marker that hold no code, and past the end.
  public func cell(atLine line: Int) -> Cell? { cells.first { $0.lines.contains(line) } }

  /// The code of a cell as one block.
  public func block(of cell: Cell) -> Block {
    guard cell.content == .code, let body = cell.body, let code = trimmed(body) else { return Block(.comment, cell.lines) }
    let parts = split(code)
    if let broken = parts.first(where: { $0.failure != nil }) { return Block(broken.kind, cell.lines, broken.failure, codeLines: code) }
    guard let first = parts.first else { return Block(.comment, cell.lines, codeLines: code) }
    if first.kind == .cellMagic { return Block(.cellMagic, cell.lines, codeLines: first.lines) }
    if let late = parts.first(where: { $0.kind == .cellMagic }) {
      let reason = "a '%%' magic has to be the first code of its cell"
      return Block(.invalid, cell.lines, .init(line: late.lines.lowerBound, reason: reason), codeLines: code)
    }
    return Block(.cell, cell.lines, codeLines: code)
  }

  /// What a cell is made of, to be run one by one.
  public func statements(of cell: Cell) -> [Block] {
    guard cell.content == .code, let body = cell.body else { return [] }
    return split(body)
  }

  /// The statements of all cells above that of a line.
  public func statementsAbove(line: Int) -> [Block] {
    let own = cell(atLine: line)?.lines.lowerBound ?? line
    return cells.filter { $0.lines.upperBound < own }.flatMap(statements(of:))
  }

  /// The statements of the cell of a line, and of all below.
  public func statementsFrom(line: Int) -> [Block] { cells.filter { $0.lines.upperBound >= line }.flatMap(statements(of:)) }

  /// The statements of all cells.
  public var allStatements: [Block] { cells.flatMap(statements(of:)) }

  // MARK: - Parts

  private func add(_ marker: CellMarker?, _ first: Int, _ end: Int, to found: inout [Cell]) {
    guard first < end else { return }
    let lines = first...end - 1
    if let marker {
      found.append(Cell(lines: lines, hasMarker: true, title: marker.title, content: marker.content))
    } else if lines.contains(where: { records[$0].role == .start }) {
      found.append(Cell(lines: lines, hasMarker: false, title: nil, content: .code))
    }
  }

  func cellBlock(atLine line: Int) -> Block {
    if let cell = cell(atLine: line) { return block(of: cell) }
    return block(atLine: line)
  }

  private func trimmed(_ lines: ClosedRange<Int>) -> ClosedRange<Int>? {
    guard let first = lines.first(where: { !isBlankText($0) }), let last = lines.last(where: { !isBlankText($0) }) else { return nil }
    return first...last
  }
}
