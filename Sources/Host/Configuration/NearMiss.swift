// SPDX-License-Identifier: Apache-2.0

/// Finds what somebody probably meant.
package enum NearMiss {
  /// The candidate nearest to a misspelt word, if one is near enough: at most a third of its letters differ, and at least one fits.
  package static func closest(to word: String, in candidates: [String]) -> String? {
    let letters = Array(word.lowercased())
    let limit = max(1, letters.count / 3)
    let best = candidates.map { ($0, distance(letters, Array($0.lowercased()), limit: limit)) }.min { ($0.1, $0.0) < ($1.1, $1.0) }
    guard let best, best.1 <= limit, best.1 < letters.count else { return nil }
    return best.0
  }

  /// Letters to insert, delete, change, or swap with their neighbour; anything beyond `limit` counts as `limit + 1`.
  private static func distance(_ left: [Character], _ right: [Character], limit: Int) -> Int {
    guard abs(left.count - right.count) <= limit else { return limit + 1 }
    var before: [Int] = []
    var previous = Array(0...right.count)
    for row in 0..<left.count {
      var current = [row + 1]
      for column in 0..<right.count {
        var cost = min(previous[column + 1] + 1, current[column] + 1, previous[column] + (left[row] == right[column] ? 0 : 1))
        if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] { cost = min(cost, before[column - 1] + 1) }
        current.append(cost)
      }
      (before, previous) = (previous, current)
    }
    return previous[right.count]
  }
}
