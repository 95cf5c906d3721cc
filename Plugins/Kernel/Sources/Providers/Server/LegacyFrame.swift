// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import WebSockets

/// The framing without a sub-protocol: a JSON object a message; with buffers a binary frame whose first part is that object, behind a
/// count and offsets of four bytes each, big-endian.
///
/// Source: jupyter_server.services.kernels.connection.base, `serialize_binary_message`.
enum LegacyFrame {
  private static let mostParts = 1 << 16

  static func encode(_ message: KernelMessage) -> WebSocketMessage {
    var text = Array("{\"channel\":\"\(message.channel.rawValue)\",\"header\":".utf8)
    text += message.header
    text += Array(",\"parent_header\":".utf8) + message.parentHeader
    text += Array(",\"metadata\":".utf8) + message.metadata
    text += Array(",\"content\":".utf8) + message.content
    text += Array(",\"buffers\":[]}".utf8)
    return message.buffers.isEmpty ? .text(text) : .binary(packed([text] + message.buffers))
  }

  static func decode(text: [UInt8]) throws -> KernelMessage { try message(text, []) }

  static func decode(binary frame: [UInt8]) throws -> KernelMessage {
    guard let count = number(in: frame, at: 0), (1...mostParts).contains(count) else {
      throw ServerFrameFault("its number of parts is none of 1 to \(mostParts)")
    }
    var offsets: [Int] = []
    var last = 4 * (count + 1)
    for index in 1...count {
      guard let offset = number(in: frame, at: 4 * index), offset >= last, offset <= frame.count else {
        throw ServerFrameFault("offset \(index) lies outside of the frame or before the one in front of it")
      }
      offsets.append(offset)
      last = offset
    }
    let parts = zip(offsets, offsets.dropFirst() + [frame.count]).map { Array(frame[$0..<$1]) }
    return try message(parts[0], Array(parts.dropFirst()))
  }

  private static func packed(_ parts: [[UInt8]]) -> [UInt8] {
    var frame: [UInt8] = []
    append(parts.count, to: &frame)
    var offset = 4 * (parts.count + 1)
    for part in parts {
      append(offset, to: &frame)
      offset += part.count
    }
    for part in parts { frame += part }
    return frame
  }

  private static func message(_ text: [UInt8], _ buffers: [[UInt8]]) throws -> KernelMessage {
    guard let value = (try? JSONValue(parsing: text)) ?? (try? JSONValue(parsing: MendedJSON.mend(text))), value.objectValue != nil else {
      throw ServerFrameFault("it is no JSON object")
    }
    guard let channel = (value["channel"]?.stringValue).flatMap(KernelChannel.init) else {
      throw ServerFrameFault("it names no channel of a kernel")
    }
    func part(_ name: String) -> [UInt8] { value[name]?.bytes() ?? KernelMessage.empty }
    return KernelMessage(
      channel: channel, header: part("header"), parentHeader: part("parent_header"), metadata: part("metadata"), content: part("content"),
      buffers: buffers)
  }

  private static func number(in frame: [UInt8], at place: Int) -> Int? {
    guard place + 4 <= frame.count else { return nil }
    return frame[place..<place + 4].reduce(0) { $0 << 8 | Int($1) }
  }

  private static func append(_ number: Int, to frame: inout [UInt8]) {
    for shift in [24, 16, 8, 0] { frame.append(UInt8(truncatingIfNeeded: number >> shift)) }
  }
}
