// SPDX-License-Identifier: Apache-2.0

/// Whether something is the case for long enough, in a row, to count: the beginning of an episode, and its end.
struct Streak: Sendable {
  private let needed: Int
  private(set) var isOpen = false
  private var length = 0

  init(_ needed: Int) { self.needed = max(1, needed) }

  /// Goes on with an episode of an earlier life.
  mutating func adopt() { isOpen = true }

  mutating func reset() {
    isOpen = false
    length = 0
  }

  /// Whether an episode may be about to begin.
  var isGrowing: Bool { !isOpen && length > 0 }

  enum Turn { case began, ended }

  /// - Parameters:
  ///   - bad: Whether it is so bad that an episode should begin.
  ///   - good: Whether it is so good that one should end.
  mutating func add(bad: Bool, good: Bool) -> Turn? {
    guard isOpen ? good : bad else {
      length = 0
      return nil
    }
    length += 1
    guard length >= needed else { return nil }
    length = 0
    isOpen.toggle()
    return isOpen ? .began : .ended
  }
}
