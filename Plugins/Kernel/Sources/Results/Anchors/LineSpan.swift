// SPDX-License-Identifier: Apache-2.0

/// Lines of a document, from 1, both inclusive.
struct LineSpan: Sendable, Hashable, Codable {
  var first: Int
  var last: Int

  var count: Int { last - first + 1 }

  func contains(_ other: LineSpan) -> Bool { first <= other.first && other.last <= last }

  /// How many lines both have.
  func overlap(_ other: LineSpan) -> Int { max(0, min(last, other.last) - max(first, other.first) + 1) }
}
