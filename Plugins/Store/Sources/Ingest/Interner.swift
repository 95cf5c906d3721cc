// SPDX-License-Identifier: Apache-2.0

/// Numbers texts by their bytes, from 0 in the order of first sight, without making strings of them.
///
/// Open addressing; the hash is seeded anew in every process, so that nobody can choose names that collide.
struct Interner {
  private static let seed = UInt64.random(in: .min ... .max)

  private var slots = [Int32](repeating: -1, count: 64)
  private var hashes: [UInt64] = []
  private var arena: [UInt8] = []
  private var ends: [Int] = []

  /// How many texts are known.
  var count: Int { ends.count }

  /// The number of a known text.
  func find(_ text: Span<UInt8>) -> Int? {
    let entry = slots[slot(of: text, Self.hash(text))]
    return entry < 0 ? nil : Int(entry)
  }

  /// The number of a text, known or new.
  mutating func index(of text: Span<UInt8>) -> Int {
    let hash = Self.hash(text)
    let slot = slot(of: text, hash)
    if slots[slot] >= 0 { return Int(slots[slot]) }
    let index = count
    slots[slot] = Int32(index)
    hashes.append(hash)
    arena.append(copying: text)
    ends.append(arena.count)
    if count * 2 > slots.count { grow() }
    return index
  }

  /// The text of a number.
  func text(_ index: Int) -> String { String(decoding: arena[range(index)], as: UTF8.self) }

  private func range(_ index: Int) -> Range<Int> { (index == 0 ? 0 : ends[index - 1])..<ends[index] }

  /// The slot that holds the text, or the free one where it belongs.
  private func slot(of text: Span<UInt8>, _ hash: UInt64) -> Int {
    let mask = slots.count - 1
    var slot = Int(truncatingIfNeeded: hash) & mask
    while slots[slot] >= 0 {
      let entry = Int(slots[slot])
      if hashes[entry] == hash, isEqual(entry, text) { return slot }
      slot = (slot + 1) & mask
    }
    return slot
  }

  private func isEqual(_ entry: Int, _ text: Span<UInt8>) -> Bool {
    let range = range(entry)
    guard range.count == text.count else { return false }
    for offset in 0..<text.count where arena[range.lowerBound + offset] != text[offset] { return false }
    return true
  }

  private mutating func grow() {
    slots = [Int32](repeating: -1, count: slots.count * 2)
    let mask = slots.count - 1
    for (entry, hash) in hashes.enumerated() {
      var slot = Int(truncatingIfNeeded: hash) & mask
      while slots[slot] >= 0 { slot = (slot + 1) & mask }
      slots[slot] = Int32(entry)
    }
  }

  /// Multiply and fold, eight bytes at a time.
  private static func hash(_ text: Span<UInt8>) -> UInt64 {
    var hash = seed ^ UInt64(truncatingIfNeeded: text.count)
    var index = 0
    while index < text.count {
      var word: UInt64 = 0
      let end = min(index + 8, text.count)
      while index < end {
        word = word << 8 | UInt64(text[index])
        index += 1
      }
      let product = (hash ^ word).multipliedFullWidth(by: 0x9e37_79b9_7f4a_7c15)
      hash = product.high ^ product.low
    }
    return hash
  }
}
