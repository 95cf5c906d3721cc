// SPDX-License-Identifier: Apache-2.0

/// Cuts what arrives from a stream into lines, and keeps the half line at its end.
struct LineBuffer {
  enum Cut: Equatable {
    /// Without its newline.
    case line([UInt8])
    /// The rest is not a whole line.
    case incomplete
    /// More than the limit came without a newline.
    case tooLong
  }

  private static let newline = UInt8(ascii: "\n")
  private let limit: Int
  private var bytes: [UInt8] = []
  /// Where the next line begins.
  private var start = 0
  /// Up to here there is no newline.
  private var searched = 0

  init(limit: Int) { self.limit = limit }

  mutating func append(_ more: ArraySlice<UInt8>) {
    compact()
    bytes.append(contentsOf: more)
  }

  mutating func next() -> Cut {
    guard let end = bytes.position(of: Self.newline, from: searched) else {
      searched = bytes.count
      return bytes.count - start > limit ? .tooLong : .incomplete
    }
    guard end - start <= limit else { return .tooLong }
    let line = Array(bytes[start..<end])
    start = end + 1
    searched = start
    return .line(line)
  }

  /// Takes what is left behind the last newline.
  mutating func takeRest() -> [UInt8] {
    defer { discard() }
    return Array(bytes[start...])
  }

  mutating func discard() {
    bytes = []
    start = 0
    searched = 0
  }

  private mutating func compact() {
    if start == bytes.count {
      bytes.removeAll(keepingCapacity: bytes.capacity <= 1 << 17)
    } else if start > bytes.count / 2 {
      bytes.removeSubrange(..<start)
    } else {
      return
    }
    searched -= start
    start = 0
  }
}
