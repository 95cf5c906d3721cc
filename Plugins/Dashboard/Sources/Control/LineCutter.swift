// SPDX-License-Identifier: Apache-2.0

/// Cuts what arrives from a stream into lines, and keeps the half line at its end.
struct LineCutter {
  private var bytes: [UInt8] = []
  private var start = 0
  /// Up to here there is no newline.
  private var searched = 0

  /// In bytes of a line that has not ended.
  var waiting: Int { bytes.count - start }

  mutating func append(_ more: ArraySlice<UInt8>) {
    if start == bytes.count {
      bytes.removeAll(keepingCapacity: bytes.capacity <= 1 << 20)
      start = 0
      searched = 0
    }
    bytes += more
  }

  /// The next whole line, without its newline.
  mutating func next() -> [UInt8]? {
    guard let end = bytes[searched...].firstIndex(of: 10) else {
      searched = bytes.count
      compact()
      return nil
    }
    defer {
      start = end + 1
      searched = start
    }
    return Array(bytes[start..<end])
  }

  private mutating func compact() {
    guard start > 0 else { return }
    bytes.removeFirst(start)
    searched -= start
    start = 0
  }
}
