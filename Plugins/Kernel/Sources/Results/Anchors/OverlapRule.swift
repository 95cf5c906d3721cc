// SPDX-License-Identifier: Apache-2.0

/// What becomes of an earlier result when other lines are run: the rule of Docs/results.md.
enum OverlapRule: Sendable, Hashable {
  /// Nothing.
  case keeps
  /// It is kept and marked: what it shows may no longer be what its lines give.
  case goesStale
  /// The new one takes its place.
  case isReplaced

  static func of(earlier: LineSpan, isPinned: Bool, new: LineSpan) -> OverlapRule {
    let shared = earlier.overlap(new)
    if shared == 0 || isPinned { return .keeps }
    if earlier == new { return .isReplaced }
    if new.contains(earlier) { return .goesStale }
    if earlier.contains(new) { return .isReplaced }
    // They share the last line of one, which is the first of the other: two statements on one line, no more than a touch.
    return shared == 1 ? .keeps : .isReplaced
  }
}
