// SPDX-License-Identifier: Apache-2.0

/// Takes the data out of a stream of server-sent events, however it is cut into pieces.
///
/// Source: HTML Living Standard, section 9.2.6; names and ids of events are left out, for nobody here needs them.
struct ServerSentEvents {
  /// In bytes of one event.
  let limit: Int
  private var line: [UInt8] = []
  private var data: [UInt8]?
  /// Whether a line feed belongs to the end of line that was seen already.
  private var wasReturn = false

  init(limit: Int) { self.limit = limit }

  struct TooLong: Error {}

  /// - Returns: The data of each event that is whole now.
  mutating func take(_ bytes: [UInt8]) throws(TooLong) -> [[UInt8]] {
    var events: [[UInt8]] = []
    for byte in bytes {
      defer { wasReturn = byte == UInt8(ascii: "\r") }
      switch byte {
      case UInt8(ascii: "\n") where wasReturn: break
      case UInt8(ascii: "\r"), UInt8(ascii: "\n"): if let event = endLine() { events.append(event) }
      default:
        guard line.count + (data?.count ?? 0) < limit else { throw TooLong() }
        line.append(byte)
      }
    }
    return events
  }

  /// What is left at the end of the stream: an event whose blank line never came.
  mutating func finish() -> [UInt8]? {
    if !line.isEmpty, let event = endLine() { return event }
    return endLine()
  }

  private mutating func endLine() -> [UInt8]? {
    defer { line.removeAll(keepingCapacity: true) }
    guard !line.isEmpty else {
      defer { data = nil }
      return data
    }
    let name = Array("data:".utf8)
    guard line.starts(with: name) else { return nil }
    let value = line.dropFirst(name.count)
    let text = value.first == UInt8(ascii: " ") ? value.dropFirst() : value
    data = data.map { $0 + [UInt8(ascii: "\n")] + text } ?? Array(text)
    return nil
  }
}
