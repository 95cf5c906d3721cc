// SPDX-License-Identifier: Apache-2.0

/// Writes messages into the backlog of an inbox and reads them back. The bytes are read by nobody else and never after a restart.
struct MessageCodec {
  private let bytes: [UInt8]
  private var index = 0
  private var parent = MessageHead([])

  /// Reads these.
  init(_ bytes: [UInt8]) { self.bytes = bytes }

  static func write(_ message: KernelMessage, to bytes: inout [UInt8]) {
    bytes.append(UInt8(KernelChannel.allCases.firstIndex(of: message.channel) ?? 0))
    for text in [message.header, message.parentHeader, message.metadata, message.content] { write(text, to: &bytes) }
    write(message.buffers.count, to: &bytes)
    for buffer in message.buffers { write(buffer, to: &bytes) }
  }

  static func write(_ number: Int, to bytes: inout [UInt8]) {
    for shift in stride(from: 0, to: 64, by: 8) { bytes.append(UInt8(truncatingIfNeeded: number >> shift)) }
  }

  private static func write(_ part: [UInt8], to bytes: inout [UInt8]) {
    write(part.count, to: &bytes)
    bytes += part
  }

  /// The next byte; nil at the end.
  mutating func byte() -> UInt8? {
    guard index < bytes.count else { return nil }
    defer { index += 1 }
    return bytes[index]
  }

  mutating func number() -> Int {
    var number = 0
    for place in 0..<8 { number |= Int(bytes[index + place]) << (8 * place) }
    index += 8
    return number
  }

  /// The next message; those that follow each other with the same parent share it.
  mutating func message() -> KernelMessage? {
    guard let channel = byte() else { return nil }
    let (header, parent, metadata, content) = (part(), part(), part(), part())
    if parent != self.parent.json { self.parent = MessageHead(parent) }
    let buffers = (0..<number()).map { _ in part() }
    return KernelMessage(
      channel: KernelChannel.allCases[Int(channel)], header: header, parent: self.parent, metadata: metadata, content: content,
      buffers: buffers)
  }

  private mutating func part() -> [UInt8] {
    let count = number()
    defer { index += count }
    return Array(bytes[index..<index + count])
  }
}
