// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Kernel

@Suite struct SignatureSetTests {
  /// Few places, so that numbers stand in each other's way: against the library's own set.
  @Test func itHoldsWhatALibrarySetHolds() {
    var random = SeededRandom(7)
    var (set, expected) = (SignatureSet(), Set<UInt64>())
    for _ in 0..<20_000 {
      let number = UInt64.random(in: 1...200, using: &random) << UInt64.random(in: 0...3, using: &random)
      if expected.remove(number) != nil {
        set.remove(number)
      } else {
        expected.insert(number)
        set.insert(number)
      }
      #expect(set.contains(number) == expected.contains(number))
    }
    #expect((1...1_600).allSatisfy { set.contains($0) == expected.contains($0) })
  }
}
