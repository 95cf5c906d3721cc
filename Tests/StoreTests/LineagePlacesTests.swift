// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Store

@Suite struct LineagePlacesTests {
  /// "column.lane" of each run.
  private func places(_ parents: [[Int]]) -> [String] { LineagePlaces.places(parents: parents).map { "\($0.column).\($0.lane)" } }

  @Test(arguments: [
    ([], []),
    ([[]], ["0.0"]),
    ([[], [], []], ["0.0", "0.1", "0.2"]),
    ([[], [0], [1]], ["0.0", "1.0", "2.0"]),
    // Two forks: the first continues the line, the second gets the next lane.
    ([[], [0], [0]], ["0.0", "1.0", "1.1"]),
    // A merge stands behind the farther of its parents, in the lane of the first.
    ([[], [0], [0], [2], [1, 3]], ["0.0", "1.0", "1.1", "2.1", "3.0"]),
    // A lane of another family is not used, however free.
    ([[], [], [0], [0], [1]], ["0.0", "0.1", "1.0", "1.2", "1.1"]),
    // The line from 0 to 3 would cross run 1: it goes below.
    ([[], [0], [1], [0, 2]], ["0.0", "1.0", "2.0", "3.1"]),
    // Children that were heard of before their parents.
    ([[2], [], []], ["1.0", "0.1", "0.0"]),
    // Parents that are not there.
    ([[7], [0, -1]], ["0.0", "1.0"]),
  ])
  func eachRunHasItsPlace(_ parents: [[Int]], _ expected: [String]) { #expect(places(parents) == expected) }

  @Test(arguments: [[[0]], [[1], [0]], [[2], [0], [1]], [[], [0, 2], [1]]])
  func circlesAreSurvived(_ parents: [[Int]]) {
    let places = LineagePlaces.places(parents: parents)
    #expect(places.count == parents.count)
    #expect(Set(places.map { "\($0)" }).count == parents.count)
  }

  /// Parents of each run among the runs before it.
  private func history(of runs: Int) -> [[Int]] {
    var random = Multiplier(state: 7)
    return (0..<runs).map { run in
      guard run > 0, !random.next().isMultiple(of: 9) else { return [] }
      return (0...(random.next().isMultiple(of: 5) ? 2 : 0)).map { _ in Int(random.next() % UInt64(run)) }
    }
  }

  private struct Multiplier: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return state >> 33
    }
  }

  @Test func oneMoreRunMovesNoOther() {
    let all = history(of: 120)
    var before: [LineagePlaces.Place] = []
    for count in 1...all.count {
      let places = LineagePlaces.places(parents: Array(all.prefix(count)))
      #expect(Array(places.dropLast()) == before)
      before = places
    }
  }

  @Test func noTwoRunsShareAPlaceAndEachStandsBehindItsParents() {
    let all = history(of: 500)
    let places = LineagePlaces.places(parents: all)
    #expect(Set(places.map { "\($0)" }).count == 500)
    for (run, parents) in all.enumerated() {
      #expect(places[run].column == (parents.map { places[$0].column + 1 }.max() ?? 0))
    }
  }

  @Test func tenThousandForksOfOneRunArePlacedQuickly() {
    let spent = ContinuousClock().measure { _ = LineagePlaces.places(parents: [[]] + Array(repeating: [0], count: 9_999)) }
    // Without a memory of where the search ended this takes fifty million looks.
    #expect(spent < .seconds(2))
  }

  @Test func fiveHundredRunsTakeAboutAMillisecond() {
    let all = history(of: 500)
    let spent = ContinuousClock().measure { _ = LineagePlaces.places(parents: all) }
    print("500 runs placed in \(spent)")
    #expect(spent < .seconds(1))
  }
}
