// SPDX-License-Identifier: Apache-2.0

/// The framing v1.kernel.websocket.jupyter.org: a count and offsets of eight bytes each, little-endian, then channel, header, parent,
/// metadata, content and buffers, raw.
///
/// Source: jupyter_server.services.kernels.connection.base, `serialize_msg_to_ws_v1`.
enum V1Frame {
  /// Channel, four texts, the end.
  private static let fewestOffsets = 6
  /// Of a message. The most that widgets send are some hundreds.
  private static let mostOffsets = 1 << 16

  static func encode(_ message: KernelMessage) -> [UInt8] {
    let parts =
      [Array(message.channel.rawValue.utf8), message.header, message.parentHeader, message.metadata, message.content] + message.buffers
    let count = parts.count + 1
    var offset = 8 * (count + 1)
    var frame: [UInt8] = []
    frame.reserveCapacity(offset + parts.reduce(0) { $0 + $1.count })
    append(count, to: &frame)
    append(offset, to: &frame)
    for part in parts {
      offset += part.count
      append(offset, to: &frame)
    }
    for part in parts { frame += part }
    return frame
  }

  /// - Throws: `ServerFrameFault` for anything but a sound frame: what a server sends is not believed.
  static func decode(_ frame: [UInt8]) throws -> KernelMessage {
    let offsets = try offsets(of: frame)
    let parts = zip(offsets, offsets.dropFirst()).map { Array(frame[$0..<$1]) }
    guard let channel = KernelChannel(rawValue: String(decoding: parts[0].prefix(16), as: UTF8.self)) else {
      throw ServerFrameFault("it names no channel of a kernel")
    }
    return KernelMessage(
      channel: channel, header: parts[1], parentHeader: parts[2], metadata: parts[3], content: parts[4], buffers: Array(parts.dropFirst(5)))
  }

  private static func offsets(of frame: [UInt8]) throws -> [Int] {
    guard let count = number(in: frame, at: 0), (fewestOffsets...mostOffsets).contains(count) else {
      throw ServerFrameFault("its number of offsets is none of \(fewestOffsets) to \(mostOffsets)")
    }
    let start = 8 * (count + 1)
    var last = start
    var offsets: [Int] = []
    offsets.reserveCapacity(count)
    for index in 1...count {
      guard let offset = number(in: frame, at: 8 * index), offset >= last, offset <= frame.count else {
        throw ServerFrameFault("offset \(index) lies outside of the frame or before the one in front of it")
      }
      offsets.append(offset)
      last = offset
    }
    guard offsets.first == start, offsets.last == frame.count else { throw ServerFrameFault("its offsets leave bytes out") }
    return offsets
  }

  /// Nil: beyond the end, or larger than any frame.
  private static func number(in frame: [UInt8], at place: Int) -> Int? {
    guard place + 8 <= frame.count else { return nil }
    let value = (0..<8).reduce(UInt64(0)) { $0 | UInt64(frame[place + $1]) << UInt64(8 * $1) }
    return Int(exactly: value)
  }

  private static func append(_ number: Int, to frame: inout [UInt8]) {
    for byte in 0..<8 { frame.append(UInt8(truncatingIfNeeded: number >> (8 * byte))) }
  }
}
