// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import jackfield_check

@Suite struct RandomSourceTests {
  /// The first numbers that Vigna's splitmix64.c gives for this state.
  @Test func numbersAreThoseOfSplitMix() {
    var random = RandomSource(state: 1_234_567)
    #expect((0..<3).map { _ in random.next() } == [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423])
  }

  /// A seed that is printed today must mean the same junk in every later version.
  @Test func numbersOfASeedNeverChange() {
    var random = RandomSource(seed: 42, purpose: "hello.greet")
    #expect((0..<3).map { _ in random.next() } == [17_045_385_035_428_609_351, 14_215_491_772_513_142_914, 9_143_084_219_145_188_957])
  }

  @Test func anotherPurposeGivesOtherNumbers() {
    var first = RandomSource(seed: 42, purpose: "hello.greet")
    var second = RandomSource(seed: 42, purpose: "hello.wave")
    #expect(first.next() != second.next())
  }

  @Test func numbersStayBelowTheirBound() {
    var random = RandomSource(seed: 1, purpose: "")
    let numbers = (0..<1_000).map { _ in random.below(7) }
    #expect(Set(numbers) == Set(0..<7))
    #expect(random.below(0) == 0)
  }
}
