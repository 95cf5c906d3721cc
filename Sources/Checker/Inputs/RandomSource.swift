// SPDX-License-Identifier: Apache-2.0

/// Numbers that are the same for the same seed, on every machine and in every version (SplitMix64; Steele, Lea & Flood 2014).
struct RandomSource: RandomNumberGenerator {
  private var state: UInt64

  init(state: UInt64) { self.state = state }

  /// - Parameter purpose: Mixed in, so that two commands get different numbers from one seed.
  init(seed: UInt64, purpose: String) {
    state = purpose.utf8.reduce(seed ^ 0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01b3 }
  }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
    return mixed ^ (mixed >> 31)
  }

  /// From 0 up to, not including, `count`. The library's own way to a number may change from version to version.
  mutating func below(_ count: Int) -> Int { Int(next() % UInt64(max(count, 1))) }

  mutating func element<Element>(_ elements: [Element]) -> Element { elements[below(elements.count)] }
}
