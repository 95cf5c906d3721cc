// SPDX-License-Identifier: Apache-2.0

/// Lines of a document were replaced by others.
struct LineEdit: Sendable, Hashable, Decodable {
  /// From 1. An insertion before a line names that line.
  var firstLine: Int
  /// Inclusive; one less than the first for an insertion.
  var lastLine: Int
  /// How many lines stand there now.
  var lines: Int

  enum CodingKeys: String, CodingKey {
    case firstLine = "first_line"
    case lastLine = "last_line"
    case lines
  }

  /// What became of some lines.
  enum Effect: Sendable, Hashable {
    /// The same lines, at the same place or another.
    case moved(LineSpan)
    /// Something in them is not what it was.
    case changed(LineSpan)
    /// None of them is left. Where they were.
    case removed(Int)
  }

  func apply(to span: LineSpan) -> Effect {
    let delta = lines - (lastLine - firstLine + 1)
    if lastLine < span.first { return .moved(LineSpan(first: span.first + delta, last: span.last + delta)) }
    if firstLine > span.last { return .moved(span) }
    if firstLine <= span.first, lastLine >= span.last { return replaced(span) }
    if firstLine >= span.first, lastLine <= span.last { return .changed(LineSpan(first: span.first, last: span.last + delta)) }
    if firstLine < span.first { return .changed(LineSpan(first: firstLine + lines, last: span.last + delta)) }
    return .changed(LineSpan(first: span.first, last: firstLine - 1))
  }

  /// All of the lines were written anew, with others perhaps: the same place among them is the best guess.
  private func replaced(_ span: LineSpan) -> Effect {
    guard lines > 0 else { return .removed(firstLine) }
    let first = firstLine + min(span.first - firstLine, lines - 1)
    let last = firstLine + lines - 1 - min(lastLine - span.last, lines - 1)
    return .changed(LineSpan(first: first, last: max(first, last)))
  }
}
