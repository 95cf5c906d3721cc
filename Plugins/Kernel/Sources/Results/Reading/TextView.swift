// SPDX-License-Identifier: Apache-2.0

/// The beginning and the end of a long text, cut between lines where it has lines and between characters where it has none.
struct TextView {
  var head: String
  /// Nil when nothing is between the head and it.
  var tail: String?
  var leftOutLines: Int
  var leftOutBytes: Int

  init(_ bytes: OutputBytes, lines: Int, limits: ResultLimits) throws(FileTrouble) {
    let count = bytes.count
    if lines <= 2 * limits.viewLines, count <= 2 * limits.viewBytes {
      self.init(head: String(decoding: try bytes.all(), as: UTF8.self))
      return
    }
    let start = try bytes.read(at: 0, limits.viewBytes)
    let end = try bytes.read(at: max(start.count, count - limits.viewBytes), limits.viewBytes)
    let head = Self.head(start, limits.viewLines)
    let tail = Self.tail(end, limits.viewLines)
    self.init(head: String(decoding: head, as: UTF8.self))
    self.tail = String(decoding: tail, as: UTF8.self)
    leftOutBytes = count - head.count - tail.count
    leftOutLines = max(0, lines - Self.lines(head[...]) - Self.lines(tail[...]))
  }

  private init(head: String) {
    self.head = head
    (leftOutLines, leftOutBytes) = (0, 0)
  }

  private static func lines(_ bytes: ArraySlice<UInt8>) -> Int {
    bytes.count { $0 == newline } + (bytes.isEmpty || bytes.last == newline ? 0 : 1)
  }

  private static let newline = UInt8(ascii: "\n")

  private static func head(_ bytes: [UInt8], _ lines: Int) -> [UInt8] {
    var seen = 0
    var end = 0
    for (index, byte) in bytes.enumerated() where byte == newline {
      seen += 1
      end = index + 1
      if seen == lines { break }
    }
    if end > 0 { return Array(bytes[..<end]) }
    return Array(bytes[..<characterStart(bytes, bytes.count)])
  }

  private static func tail(_ bytes: [UInt8], _ lines: Int) -> [UInt8] {
    var seen = 0
    var start = bytes.count
    for index in bytes.indices.dropLast().reversed() where bytes[index] == newline {
      seen += 1
      start = index + 1
      if seen == lines { break }
    }
    if seen > 0 { return Array(bytes[start...]) }
    return Array(bytes.drop { $0 & 0xC0 == 0x80 })
  }

  /// The place of the last whole character's end at or before one.
  static func characterStart(_ bytes: [UInt8], _ place: Int) -> Int {
    guard place > 0 else { return 0 }
    var start = place - 1
    while start > 0, bytes[start] & 0xC0 == 0x80, place - start < 4 { start -= 1 }
    let length = bytes[start] >= 0xF0 ? 4 : bytes[start] >= 0xE0 ? 3 : bytes[start] >= 0xC0 ? 2 : 1
    return start + length <= place ? place : start
  }

  /// What is missing, in words; nil when nothing is.
  var sentence: String? {
    tail == nil
      ? nil : "\(leftOutLines) lines, \(leftOutBytes) bytes left out; ask for view 'full', or for this output with offset and limit"
  }
}
