// SPDX-License-Identifier: Apache-2.0

/// A set of numbers other than 0 that are random already, as parts of signatures are: their own bits are their places.
///
/// A set of the library's hashes each number anew, so that nobody can choose numbers that collide; who could choose these has the key. For
/// a flood that was a tenth of all the work.
struct SignatureSet: Sendable {
  /// 0 where nothing is; at most half full, a power of two long. A number stands at its place, or behind it without a gap between.
  private var slots = [UInt64](repeating: 0, count: 64)
  private var count = 0

  private var mask: Int { slots.count - 1 }

  func contains(_ number: UInt64) -> Bool { slots[slot(of: number)] == number }

  /// Adds a number that is not in.
  mutating func insert(_ number: UInt64) {
    if count * 2 >= slots.count { grow() }
    slots[slot(of: number)] = number
    count += 1
  }

  /// Takes a number out that is in, and closes the gap.
  mutating func remove(_ number: UInt64) {
    var gap = slot(of: number)
    var next = (gap + 1) & mask
    while slots[next] != 0 {
      let distance = (next - place(of: slots[next])) & mask
      if distance >= (next - gap) & mask {
        slots[gap] = slots[next]
        gap = next
      }
      next = (next + 1) & mask
    }
    slots[gap] = 0
    count -= 1
  }

  private func place(of number: UInt64) -> Int { Int(truncatingIfNeeded: number) & mask }

  /// Where a number is, or would be.
  private func slot(of number: UInt64) -> Int {
    var slot = place(of: number)
    while slots[slot] != 0, slots[slot] != number { slot = (slot + 1) & mask }
    return slot
  }

  private mutating func grow() {
    let old = slots
    slots = [UInt64](repeating: 0, count: old.count * 2)
    for number in old where number != 0 { slots[slot(of: number)] = number }
  }
}
