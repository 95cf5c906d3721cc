// SPDX-License-Identifier: Apache-2.0

/// A version such as "1.4.2", "0.1" or "2.0.0-beta.1"; missing parts are 0, build metadata behind "+" does not count.
package struct SemanticVersion: Hashable, Comparable, Sendable, CustomStringConvertible {
  package let description: String
  private let numbers: [Int]
  private let prerelease: [String]

  /// nil for anything that is no version.
  package init?(_ text: String) {
    guard text.utf8.count <= 64, text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { return nil }
    let withoutBuild = text.split(separator: "+", maxSplits: 1, omittingEmptySubsequences: false)[0]
    let parts = withoutBuild.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
    let fields = parts[0].split(separator: ".", omittingEmptySubsequences: false)
    let numbers = fields.compactMap { Self.number($0) }
    guard (1...3).contains(numbers.count), numbers.count == fields.count else { return nil }
    let prerelease = parts.count == 1 ? [] : parts[1].split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    guard !prerelease.contains("") else { return nil }
    self.description = text
    self.numbers = numbers + repeatElement(0, count: 3 - numbers.count)
    self.prerelease = prerelease
  }

  package static func == (left: Self, right: Self) -> Bool { left.numbers == right.numbers && left.prerelease == right.prerelease }

  package func hash(into hasher: inout Hasher) {
    hasher.combine(numbers)
    hasher.combine(prerelease)
  }

  /// Source: Semantic Versioning 2.0.0, section 11.
  package static func < (left: Self, right: Self) -> Bool {
    if left.numbers != right.numbers { return left.numbers.lexicographicallyPrecedes(right.numbers) }
    if left.prerelease.isEmpty || right.prerelease.isEmpty { return !left.prerelease.isEmpty && right.prerelease.isEmpty }
    return left.prerelease.lexicographicallyPrecedes(right.prerelease, by: precedes)
  }

  private static func precedes(_ left: String, _ right: String) -> Bool {
    switch (number(left[...]), number(right[...])) {
    case (let left?, let right?): left < right
    case (_?, nil): true
    case (nil, _?): false
    case (nil, nil): left < right
    }
  }

  private static func number(_ text: Substring) -> Int? {
    guard !text.isEmpty, text.utf8.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }) else { return nil }
    return Int(text)
  }
}
