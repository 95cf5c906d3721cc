// SPDX-License-Identifier: Apache-2.0

internal import PluginSDK
internal import PythonBlocks

/// Finds what an order means: the blocks, cells or lines of a document.
struct RunChooser: Sendable {
  /// What is run, in order, and where a cursor goes then.
  struct Choice: Sendable {
    var pieces: [ChosenCode]
    /// The next line of code, from 1; nil at the end.
    var nextLine: Int?
  }

  /// - Parameter order: With the text of its document, unless it brings code.
  /// - Throws: When the lines are no code, or not finished, or not there.
  static func choose(_ order: RunOrder) throws -> Choice {
    if let code = order.code { return Choice(pieces: [ChosenCode(lines: nil, code: code, source: code)], nextLine: nil) }
    let text = try text(of: order)
    let document = PythonDocument(text)
    switch order.mode ?? (order.first_line == nil ? .statement : .lines) {
    case .lines: return try selection(order, document)
    case .all: return try many(document, document.parts)
    case .above:
      let line = try line(of: order)
      return try many(document, document.parts.filter { $0.lines.upperBound < line })
    case .below:
      let line = try line(of: order)
      return try many(document, document.parts.filter { $0.lines.upperBound >= line })
    case .statement: return try block(order, document, .statement)
    case .top: return try block(order, document, .top)
    case .line: return try block(order, document, .line)
    case .cell: return try block(order, document, .cell)
    }
  }

  private static func text(of order: RunOrder) throws -> String {
    if let text = order.text { return text }
    throw PluginFailure("nothing to run: give 'code', or 'document' with 'line'", code: "nothing_to_run", status: .invalid)
  }

  /// From 0.
  private static func line(of order: RunOrder) throws -> Int {
    guard let line = order.line, line >= 1 else {
      throw PluginFailure("which line is meant? Give 'line', from 1 on", code: "no_line", status: .invalid)
    }
    return line - 1
  }

  private static func block(_ order: RunOrder, _ document: PythonDocument, _ mode: BlockMode) throws -> Choice {
    let policy = BlankPolicy(rawValue: order.blank ?? "next") ?? .next
    let block = document.block(atLine: try line(of: order), mode: mode, blank: policy)
    try demandRunnable(block, order)
    return Choice(pieces: [piece(block, document)], nextLine: document.nextCodeLine(after: block.lines.upperBound).map { $0 + 1 })
  }

  private static func selection(_ order: RunOrder, _ document: PythonDocument) throws -> Choice {
    guard let first = order.first_line, first >= 1, let last = order.last_line ?? order.first_line, last >= first else {
      throw PluginFailure(
        "cannot run the lines \(order.first_line ?? 0) to \(order.last_line ?? 0): give 'first_line' from 1 on, and 'last_line' not before it",
        code: "no_line", status: .invalid)
    }
    let block = document.selection(first - 1...last - 1)
    try demandRunnable(block, order)
    return Choice(pieces: [piece(block, document)], nextLine: document.nextCodeLine(after: last - 1).map { $0 + 1 })
  }

  private static func many(_ document: PythonDocument, _ blocks: [Block]) throws -> Choice {
    if let broken = blocks.first(where: { $0.failure != nil }), let failure = broken.failure {
      throw PluginFailure(
        "nothing was run: line \(failure.line + 1): \(failure.reason)", code: broken.kind.rawValue, status: .invalid)
    }
    let pieces = blocks.filter(\.kind.isRunnable).map { piece($0, document) }
    guard !pieces.isEmpty else { throw PluginFailure("nothing to run: there is no code there", code: "nothing_to_run", status: .invalid) }
    return Choice(pieces: pieces, nextLine: nil)
  }

  private static func piece(_ block: Block, _ document: PythonDocument) -> ChosenCode {
    ChosenCode(
      lines: (block.lines.lowerBound + 1)...(block.lines.upperBound + 1), code: document.code(of: block),
      source: document.source(of: block.lines))
  }

  private static func demandRunnable(_ block: Block, _ order: RunOrder) throws {
    if let failure = block.failure {
      throw PluginFailure("nothing was run: line \(failure.line + 1): \(failure.reason)", code: block.kind.rawValue, status: .invalid)
    }
    guard block.kind.isRunnable else {
      throw PluginFailure(
        "nothing to run at line \(order.line ?? 0): there is no code there", code: "nothing_to_run", status: .invalid)
    }
  }
}

extension PythonDocument {
  /// What is run one by one: the cells, or the statements at the left margin of a document without cells.
  fileprivate var parts: [Block] {
    let cells = cells
    guard cells.contains(where: \.hasMarker) else { return lineCount == 0 ? [] : split(0...lineCount - 1) }
    return cells.filter { $0.content == .code }.map { block(of: $0) }
  }

  /// Whole lines as they stand in the text.
  fileprivate func source(of lines: ClosedRange<Int>) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false).dropFirst(lines.lowerBound).prefix(lines.count).joined(separator: "\n")
  }
}
