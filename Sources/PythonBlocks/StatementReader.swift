// SPDX-License-Identifier: Apache-2.0

/// Follows a statement down its logical lines: which still belong to it, and whether its blocks are as Python wants them.
struct StatementReader {
  struct Problem {
    var kind: BlockKind
    var line: Int
    var reason: String
    /// Whether the line is only where the text ended: what was left open lies above.
    var isUnclosed = false
  }

  /// One depth of indentation, and the statement last begun there.
  private struct Level {
    var column: Int32
    var narrowColumn: Int32
    var header = LeadWord.none
    /// The header, or the last clause of it.
    var clause = LeadWord.none
    var line = 0
    /// Whether the next line has to be deeper.
    var wantsBlock = false
  }

  /// Python's own limit.
  private static let mostLevels = 100

  private var levels: [Level]
  private(set) var lines: ClosedRange<Int>
  private(set) var problem: Problem?
  let isMagic: Bool

  init(_ first: LogicalLine) {
    levels = [Level(column: first.column, narrowColumn: first.narrowColumn)]
    lines = first.lines
    isMagic = first.lead == .magic
    // The statement may be one under decorators or not: what is above was looked at before.
    apply(first, isAsyncDefinition: false)
  }

  var last: Int { lines.upperBound }
  /// Whether nothing below can belong to it, whatever stands there.
  var isOneLine: Bool { isMagic }

  // MARK: - Lines

  /// Takes the next logical line in, when it belongs to the statement.
  mutating func take(_ line: LogicalLine, isAsyncDefinition: Bool) -> Bool {
    if line.column <= levels[0].column {
      guard continues(line) else {
        if line.column == levels[0].column, line.narrowColumn != levels[0].narrowColumn { mixed(line) }
        return false
      }
      leave(to: line)
    } else if levels.count == 1, !levels[0].wantsBlock, !levels[0].header.needsBlock {
      // What is indented below a simple statement is wrong there, but is no part of it.
      return false
    } else if opensLevel(line) {
      levels.append(Level(column: line.column, narrowColumn: line.narrowColumn))
      if levels.count > Self.mostLevels {
        report(.invalid, line.lines.lowerBound, "more than 100 blocks are inside each other, which Python refuses")
      }
    } else {
      leave(to: line)
    }
    lines = lines.lowerBound...line.lines.upperBound
    apply(line, isAsyncDefinition: isAsyncDefinition)
    return true
  }

  /// The text, or the statement, ends here.
  mutating func end() {
    while let level = levels.popLast() { check(level) }
  }

  /// Whether a line no deeper than the statement is a later part of it.
  private func continues(_ line: LogicalLine) -> Bool {
    let base = levels[0]
    guard line.column == base.column else { return false }
    if base.header == .decorator { return line.lead.isDecorable }
    return line.lead.isClause && Self.allows(line.lead, header: base.header, after: base.clause)
  }

  /// Whether a deeper line begins a new depth; says so when it should not.
  private mutating func opensLevel(_ line: LogicalLine) -> Bool {
    guard let top = levels.last, line.column > top.column else { return false }
    if !top.wantsBlock {
      report(.invalid, line.lines.lowerBound, "the line is indented, but the one above opens no block")
    } else if line.narrowColumn <= top.narrowColumn {
      mixed(line)
    }
    levels[levels.count - 1].wantsBlock = false
    return true
  }

  /// Ends the depths below a line's own.
  private mutating func leave(to line: LogicalLine) {
    while levels.count > 1, let top = levels.last, top.column > line.column {
      check(top)
      levels.removeLast()
    }
    let top = levels[levels.count - 1]
    if top.column < line.column {
      report(.invalid, line.lines.lowerBound, "the line is indented less than the one above, but as no block around it")
      levels.append(Level(column: line.column, narrowColumn: line.narrowColumn))
    } else if top.narrowColumn != line.narrowColumn {
      mixed(line)
    }
  }

  private mutating func mixed(_ line: LogicalLine) {
    report(.invalid, line.lines.lowerBound, "tabs and spaces are mixed, so that how deep the line is depends on the width of a tab")
  }

  // MARK: - Statements

  private mutating func apply(_ line: LogicalLine, isAsyncDefinition: Bool) {
    var level = levels[levels.count - 1]
    let first = line.lines.lowerBound
    if level.wantsBlock {
      check(level)
      level.wantsBlock = false
    }
    if line.lead.isClause {
      if !Self.allows(line.lead, header: level.header, after: level.clause) {
        report(.invalid, first, "\(line.lead.shown) has nothing above that it could belong to")
        level.header = .other
      }
    } else {
      begin(line, at: &level, isAsyncDefinition: isAsyncDefinition)
    }
    level.clause = line.lead
    level.line = first
    level.wantsBlock = line.opensBlock
    levels[levels.count - 1] = level
    readFaults(line)
  }

  /// A new statement at a depth: the one before must be whole.
  private mutating func begin(_ line: LogicalLine, at level: inout Level, isAsyncDefinition: Bool) {
    let first = line.lines.lowerBound
    if level.header == .decorator {
      let isDefinition = line.lead.isDecorable && (line.lead != .asyncWord || isAsyncDefinition)
      if !isDefinition { report(.invalid, first, "a decorator stands above, but the line begins no function and no class") }
    } else {
      checkHandlers(level)
    }
    let isInMatch = levels.count > 1 && levels[levels.count - 2].header == .matchWord && levels[levels.count - 2].clause == .matchWord
    if isInMatch, line.lead != .caseWord { report(.invalid, first, "only 'case' can stand directly below 'match'") }
    if !isInMatch, line.lead == .caseWord, line.opensBlock { report(.invalid, first, "'case' stands outside a 'match'") }
    level.header = line.lead == .matchWord && !line.opensBlock ? .other : line.lead
  }

  private mutating func readFaults(_ line: LogicalLine) {
    if let fault = line.fault {
      report(.invalid, fault.line, fault.kind.reason)
    } else if line.isUnfinished {
      report(.incomplete, line.lines.upperBound, "the statement is not finished", isUnclosed: true)
    }
  }

  /// Whether a depth may end as it stands.
  private mutating func check(_ level: Level) {
    if level.wantsBlock {
      report(.incomplete, level.line, "\(level.clause.shown) needs an indented block below")
    } else if level.header == .decorator {
      report(.incomplete, level.line, "a decorator needs a function or a class below")
    } else {
      checkHandlers(level)
    }
  }

  private mutating func checkHandlers(_ level: Level) {
    if level.header == .tryWord, level.clause == .tryWord { report(.incomplete, level.line, "'try' needs an 'except' or a 'finally'") }
  }

  private mutating func report(_ kind: BlockKind, _ line: Int, _ reason: String, isUnclosed: Bool = false) {
    if problem == nil { problem = Problem(kind: kind, line: line, reason: reason, isUnclosed: isUnclosed) }
  }

  /// Whether a clause may follow another part of the same statement.
  private static func allows(_ clause: LeadWord, header: LeadWord, after last: LeadWord) -> Bool {
    switch (header, clause) {
    case (.ifWord, .elifWord), (.ifWord, .elseWord): last != .elseWord
    case (.forWord, .elseWord), (.whileWord, .elseWord), (.asyncWord, .elseWord): last != .elseWord
    case (.tryWord, .exceptWord): last == .tryWord || last == .exceptWord
    case (.tryWord, .elseWord): last == .exceptWord
    case (.tryWord, .finallyWord): last != .finallyWord
    default: false
    }
  }
}
