// SPDX-License-Identifier: Apache-2.0

/// Answers one question about a document's statements; every answer takes one walk up and one down at most.
struct BlockFinder {
  let document: PythonDocument
  /// How many lines were looked at, for those who prove that answers are linear.
  private(set) var visits = 0

  init(_ document: PythonDocument) { self.document = document }

  private var records: [LineRecord] { document.records }

  // MARK: - Questions

  /// The block of a line by the rule of statements.
  mutating func statement(at line: Int) -> Block {
    guard line >= 0, line < records.count else { return Block(.blank, line...line) }
    switch records[line].role {
    case .blank: return Block(.blank, line...line)
    case .comment: return Block(.comment, line...line)
    case .start, .inner: break
    }
    let own = logicalLine(at: start(of: line))
    if own.lead == .cellMagic { return cellMagic(own, line) }
    let block = read(from: head(of: own))
    return block.lines.contains(line) ? block : read(from: own.lines.lowerBound)
  }

  /// The block that begins with a logical line, whatever stands above.
  mutating func whole(from first: Int) -> Block {
    let own = logicalLine(at: first)
    return own.lead == .cellMagic ? cellMagic(own, first) : read(from: first)
  }

  /// The block at the left margin that holds a line.
  mutating func topStatement(at line: Int) -> Block {
    let inner = statement(at: line)
    guard inner.kind != .blank, inner.kind != .comment, records[inner.lines.lowerBound].column > 0 else { return inner }
    guard let outer = previousStart(before: inner.lines.lowerBound, atMost: 0) else { return indented(inner) }
    let block = statement(at: outer)
    return block.lines.contains(line) ? block : indented(inner)
  }

  /// The statement before a blank or comment line, at the level of the next line of code.
  mutating func previousStatement(before line: Int) -> Block? {
    let level = nextStart(after: line - 1).map { records[$0].column } ?? 0
    guard let last = previousStart(before: line, atMost: Int32.max) else { return nil }
    let limit = max(level, 0)
    let first = records[last].column <= limit ? last : previousStart(before: last, atMost: limit)
    let block = statement(at: first ?? last)
    return block.lines.contains(last) || first == nil ? block : statement(at: last)
  }

  /// The first line after another that begins a logical line.
  mutating func nextStart(after line: Int) -> Int? {
    var at = max(line + 1, 0)
    while at < records.count {
      visits += 1
      if records[at].role == .start { return at }
      at += 1
    }
    return nil
  }

  // MARK: - Logical lines

  private mutating func start(of line: Int) -> Int {
    var at = line
    while at > 0, records[at].role != .start {
      visits += 1
      at -= 1
    }
    return at
  }

  mutating func logicalLine(at first: Int) -> LogicalLine {
    let record = records[first]
    var found = LogicalLine(lines: first...first, column: record.column, narrowColumn: record.narrowColumn, lead: record.lead)
    var at = first
    while at < records.count {
      let part = records[at]
      guard at == first || part.role == .inner else { break }
      visits += 1
      if part.fault != .none, found.fault == nil { found.fault = (at, part.fault) }
      found.lines = first...at
      if part.isEnd {
        found.isUnfinished = false
        found.opensBlock = part.endsInColon && found.lead != .magic && found.lead != .decorator
        break
      }
      at += 1
    }
    return found
  }

  /// The nearest line above that begins a logical line of no more than some indentation.
  private mutating func previousStart(before line: Int, atMost column: Int32) -> Int? {
    var at = min(line, records.count) - 1
    while at >= 0 {
      visits += 1
      if records[at].role == .start, records[at].column <= column { return at }
      at -= 1
    }
    return nil
  }

  // MARK: - Heads

  /// Where the statement begins that a logical line is a part of.
  private mutating func head(of own: LogicalLine) -> Int {
    let first = own.lines.lowerBound
    if own.lead.isClause { return header(ofClause: own) ?? first }
    if own.lead == .caseWord { return matchHeader(of: own) ?? first }
    return own.lead.isDecorable ? firstDecorator(above: own) : first
  }

  private mutating func header(ofClause own: LogicalLine) -> Int? {
    var at = own.lines.lowerBound
    while let above = previousStart(before: at, atMost: own.column) {
      guard records[above].column == own.column else { return nil }
      if !records[above].lead.isClause { return above }
      at = above
    }
    return nil
  }

  private mutating func matchHeader(of own: LogicalLine) -> Int? {
    guard own.column > 0, let above = previousStart(before: own.lines.lowerBound, atMost: own.column - 1) else { return nil }
    let header = logicalLine(at: above)
    return header.lead == .matchWord && header.opensBlock ? above : nil
  }

  private mutating func firstDecorator(above own: LogicalLine) -> Int {
    var first = own.lines.lowerBound
    while let above = previousStart(before: first, atMost: Int32.max), records[above].lead == .decorator,
      records[above].column == own.column
    {
      first = above
    }
    return first
  }

  // MARK: - Whole blocks

  /// Reads a statement from its first line down.
  private mutating func read(from first: Int) -> Block {
    var reader = StatementReader(logicalLine(at: first))
    if reader.isOneLine { return finished(reader) }
    var last = reader.last
    while let next = nextStart(after: last) {
      let line = logicalLine(at: next)
      guard reader.take(line, isAsyncDefinition: isAsyncDefinition(line)) else { break }
      last = line.lines.upperBound
    }
    reader.end()
    return finished(reader)
  }

  /// Whether `async` is followed by `def`, which may stand under decorators.
  private func isAsyncDefinition(_ line: LogicalLine) -> Bool {
    guard line.lead == .asyncWord else { return false }
    let text = document.bytes.span
    var at = document.starts[line.lines.lowerBound]
    let end = document.starts[line.lines.upperBound + 1]
    while at < end, text[at] != UInt8(ascii: "a") { at += 1 }
    at += 5
    let blanks: [UInt8] = [0x20, 0x09, 0x0C, 0x0A, UInt8(ascii: "\\")]
    while at < end, blanks.contains(text[at]) { at += 1 }
    return at + 2 < end && text[at] == UInt8(ascii: "d") && text[at + 1] == UInt8(ascii: "e") && text[at + 2] == UInt8(ascii: "f")
  }

  private func finished(_ reader: StatementReader) -> Block {
    guard let problem = reader.problem else { return Block(reader.isMagic ? .magic : .statement, reader.lines) }
    var failure = Block.Failure(line: problem.line, reason: problem.reason)
    if problem.isUnclosed, let open = OpenPlace(document, reader.lines, problem.line) {
      failure = Block.Failure(line: open.line, reason: open.reason)
    }
    return Block(problem.kind, reader.lines, failure)
  }

  private func indented(_ block: Block) -> Block {
    let reason = "the line is indented, but no line above opens a block for it"
    return Block(.invalid, block.lines, .init(line: block.lines.lowerBound, reason: reason))
  }

  /// A `%%magic` line owns what follows, to the last line with text before the next cell.
  private mutating func cellMagic(_ own: LogicalLine, _ line: Int) -> Block {
    var last = own.lines.upperBound
    while last > own.lines.lowerBound, document.isBlankText(last) {
      visits += 1
      last -= 1
    }
    return line <= last ? Block(.cellMagic, own.lines.lowerBound...last) : Block(.blank, line...line)
  }
}
