// SPDX-License-Identifier: Apache-2.0

extension PythonDocument {
  /// The block of a line; lines count from 0, and one past the end is blank.
  public func block(atLine line: Int, mode: BlockMode = .statement, blank: BlankPolicy = .itself) -> Block {
    switch mode {
    case .line: selection(line...line)
    case .cell: cellBlock(atLine: line)
    case .statement, .top: statement(atLine: line, isTop: mode == .top, blank: blank)
    }
  }

  /// Some whole lines as they are, with what keeps them from being run.
  public func selection(_ lines: ClosedRange<Int>) -> Block {
    guard lines.lowerBound >= 0, lines.lowerBound < lineCount else { return Block(.blank, lines) }
    let present = lines.clamped(to: 0...lineCount - 1)
    if isInsideText(present.lowerBound) {
      return Block(.invalid, present, .init(line: present.lowerBound, reason: "the line is inside a string that begins above"))
    }
    let parts = split(present)
    if let broken = parts.first(where: { $0.failure != nil }) { return Block(broken.kind, present, broken.failure) }
    if parts.isEmpty { return Block(present.allSatisfy(isBlankText) ? .blank : .comment, present) }
    let first = parts[0]
    let isAlone = parts.count == 1 && (first.kind == .magic || first.kind == .cellMagic)
    return Block(isAlone ? first.kind : .lines, present)
  }

  /// The first line after another on which code begins: where the cursor goes when a block was run.
  public func nextCodeLine(after line: Int) -> Int? {
    var finder = BlockFinder(self)
    return finder.nextStart(after: line)
  }

  /// The statements some lines consist of, each with its kind, in order; lines that hold none of them are left out.
  ///
  /// The lines are read as if nothing stood around them.
  public func split(_ lines: ClosedRange<Int>) -> [Block] {
    guard lineCount > 0, lines.upperBound >= 0, lines.lowerBound < lineCount else { return [] }
    let present = lines.clamped(to: 0...lineCount - 1)
    if present == 0...lineCount - 1 { return statements() }
    let part = PythonDocument(utf8: Array(bytes[starts[present.lowerBound]..<starts[present.upperBound + 1]]))
    return part.statements().map { $0.moved(by: present.lowerBound) }
  }

  /// Whether a line has nothing but blanks.
  func isBlankText(_ line: Int) -> Bool {
    bytes[byteRange(ofLine: line)].allSatisfy { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") || $0 == 0x0C }
  }

  // MARK: - Parts

  private func statement(atLine line: Int, isTop: Bool, blank: BlankPolicy) -> Block {
    var finder = BlockFinder(self)
    let own = isTop ? finder.topStatement(at: line) : finder.statement(at: line)
    guard own.kind == .blank || own.kind == .comment else { return own }
    switch blank {
    case .itself: return own
    case .next:
      guard let next = finder.nextStart(after: line) else { return own }
      return isTop ? finder.topStatement(at: next) : finder.statement(at: next)
    case .previous:
      guard let previous = finder.previousStatement(before: line) else { return own }
      return isTop ? finder.topStatement(at: previous.lines.lowerBound) : previous
    }
  }

  private func statements() -> [Block] {
    var finder = BlockFinder(self)
    var (found, line): ([Block], Int) = ([], -1)
    while let next = finder.nextStart(after: line) {
      let block = finder.whole(from: next)
      found.append(block)
      line = block.lines.upperBound
    }
    return found
  }
}

extension Block {
  /// The same block in a text with more lines above.
  func moved(by count: Int) -> Block {
    var moved = self
    moved.lines = lines.lowerBound + count...lines.upperBound + count
    moved.codeLines = codeLines.lowerBound + count...codeLines.upperBound + count
    moved.failure?.line += count
    return moved
  }
}
