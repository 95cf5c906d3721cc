// SPDX-License-Identifier: Apache-2.0

/// Reads messages back that `MessageWriter` wrote.
struct MessageReader {
  private let bytes: [UInt8]
  private var index = 0
  private var parent = MessageHead([])
  private var header: [UInt8] = []

  /// Reads these.
  init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// The next message, nil at the end; those that follow each other with the same parent share it.
  mutating func message() -> KernelMessage? {
    guard index < bytes.count else { return nil }
    let channel = KernelChannel.allCases[number()]
    if number() != 0 { parent = MessageHead(part()) }
    header = part(like: header)
    let (metadata, content) = (part(), part())
    let buffers = (0..<number()).map { _ in part() }
    return KernelMessage(channel: channel, header: header, parent: parent, metadata: metadata, content: content, buffers: buffers)
  }

  private mutating func number() -> Int { bytes.number(at: &index) }

  /// The next text, of which only what differs from another is written.
  private mutating func part(like other: [UInt8]) -> [UInt8] {
    let count = number()
    var text: [UInt8] = []
    text.reserveCapacity(count)
    while text.count < count {
      let agreeing = number()
      text += other[text.count..<text.count + agreeing]
      let own = number()
      text += bytes[index..<index + own]
      index += own
    }
    return text
  }

  private mutating func part() -> [UInt8] {
    let count = number()
    defer { index += count }
    return Array(bytes[index..<index + count])
  }
}
