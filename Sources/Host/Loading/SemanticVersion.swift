// SPDX-License-Identifier: Apache-2.0

/// A version such as "1.4.2" or "2.0.0-beta.1+linux", ordered as semver.org says.
package struct SemanticVersion: Hashable, Comparable, Sendable, CustomStringConvertible {
  /// As it was written.
  package let description: String
  /// Major, minor, patch.
  let numbers: [Int]
  /// The parts behind "-"; empty for a release.
  let prerelease: [String]

  /// - Parameter numberCount: How many numbers there may be; the missing ones are 0.
  /// - Returns: nil when the text is no version.
  package init?(_ text: String, numberCount: ClosedRange<Int> = 3...3) {
    guard text.utf8.count <= 100 else { return nil }
    let withoutBuild = text.split(separator: "+", maxSplits: 1, omittingEmptySubsequences: false)
    let halves = withoutBuild[0].split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
    let numbers = halves[0].split(separator: ".", omittingEmptySubsequences: false)
    guard numberCount.contains(numbers.count), numbers.allSatisfy(Self.isNumber) else { return nil }
    let values = numbers.compactMap { Int($0) }
    let prerelease = halves.count > 1 ? halves[1].split(separator: ".", omittingEmptySubsequences: false) : []
    guard values.count == numbers.count, prerelease.allSatisfy(Self.isLabel) else { return nil }
    if withoutBuild.count > 1 {
      guard withoutBuild[1].split(separator: ".", omittingEmptySubsequences: false).allSatisfy(Self.isLabel) else { return nil }
    }
    description = text
    self.numbers = values + Array(repeating: 0, count: 3 - values.count)
    self.prerelease = prerelease.map(String.init)
  }

  /// Digits without a needless zero before them.
  private static func isNumber(_ text: Substring) -> Bool {
    !text.isEmpty && text.utf8.allSatisfy { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 } && (text.utf8.count == 1 || !text.hasPrefix("0"))
  }

  private static func isLabel(_ text: Substring) -> Bool {
    !text.isEmpty && text.unicodeScalars.allSatisfy { $0.isASCII && ($0.properties.isAlphabetic || ("0"..."9").contains($0) || $0 == "-") }
  }

  /// Equal in rank: what stands behind "+" does not count.
  package static func == (left: Self, right: Self) -> Bool { left.numbers == right.numbers && left.prerelease == right.prerelease }

  package func hash(into hasher: inout Hasher) {
    hasher.combine(numbers)
    hasher.combine(prerelease)
  }

  package static func < (left: Self, right: Self) -> Bool {
    if left.numbers != right.numbers { return left.numbers.lexicographicallyPrecedes(right.numbers) }
    if left.prerelease.isEmpty || right.prerelease.isEmpty { return !left.prerelease.isEmpty && right.prerelease.isEmpty }
    return left.prerelease.lexicographicallyPrecedes(right.prerelease, by: precedes)
  }

  /// Numbers by value and before words, words by their letters.
  private static func precedes(_ left: String, _ right: String) -> Bool {
    switch (Int(left), Int(right)) {
    case (let left?, let right?): left < right
    case (_?, nil): true
    case (nil, _?): false
    case (nil, nil): left < right
    }
  }
}
