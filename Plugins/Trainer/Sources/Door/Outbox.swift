// SPDX-License-Identifier: Apache-2.0

/// What is to be written to one connection, bounded: a trainer that does not read must not cost memory for ever.
struct Outbox {
  static let mostBytes = 16 << 20

  private var lines: [UInt8] = []
  /// Taken for writing and not yet written.
  private var inWriting = 0

  /// Adds a line.
  ///
  /// - Returns: False when there is no room for it.
  mutating func add(_ line: [UInt8]) -> Bool {
    guard lines.count + inWriting + line.count <= Self.mostBytes else { return false }
    lines += line
    return true
  }

  mutating func take() -> [UInt8] {
    defer { lines = [] }
    inWriting += lines.count
    return lines
  }

  mutating func wrote(_ count: Int) { inWriting -= count }
}
