// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import Host

@Suite struct IDTableTests {
  /// Ids as one shard of sixteen gets them; most leave soon, some stay, so that holes open in long rows of neighbours.
  @Test func holdsWhatADictionaryHolds() {
    var table = IDTable<UInt64>(sharedBits: 4)
    var truth: [UInt64: UInt64] = [:]
    var random = SystemRandomNumberGenerator()
    for turn in UInt64(1)...20_000 {
      let id = turn << 4 | 7
      table.insert(turn, for: id)
      truth[id] = turn
      while truth.count > 40, let leaving = truth.keys.randomElement(using: &random) {
        #expect(table.remove(leaving) == truth.removeValue(forKey: leaving))
      }
      #expect(table[id] == turn)
    }
    #expect(Set(table.all) == Set(truth.values))
    for (id, value) in truth { #expect(table[id] == value) }
  }

  @Test func whatIsNotThereIsNil() {
    var table = IDTable<String>(sharedBits: 0)
    #expect(table[0] == nil)
    #expect(table.remove(0) == nil)
    table.insert("one", for: 1)
    #expect(table[17] == nil)
    #expect(table.remove(17) == nil)
    #expect(table.remove(1) == "one")
    #expect(table.remove(1) == nil)
  }

  @Test func keepsOnlyWhatIsWanted() {
    var table = IDTable<Int>(sharedBits: 0)
    for number in 1...100 { table.insert(number, for: UInt64(number)) }
    table.keep { $0.isMultiple(of: 10) }
    #expect(table.all.sorted() == Array(stride(from: 10, through: 100, by: 10)))
    #expect(table[50] == 50)
    #expect(table[51] == nil)
  }
}
