// SPDX-License-Identifier: Apache-2.0

/// Writes messages one behind the other. The bytes are read by `MessageReader`, by nobody else and never after a restart.
///
/// In a flood nearly all have one parent, and their headers differ in a few digits: the parent is written when it is another, and of a
/// header what differs from the one before. A byte that is not written costs nothing, and a page of the disk's cache that was never
/// used before costs most of all.
struct MessageWriter {
  /// Shorter agreements are written out: to tell of them would take as much.
  static let leastAgreement = 4

  private(set) var bytes: [UInt8] = []
  private var parent: MessageHead?
  private var header: [UInt8] = []

  init(reserving capacity: Int = 0) { bytes.reserveCapacity(capacity) }

  mutating func append(_ message: KernelMessage) {
    bytes.append(number: KernelChannel.allCases.firstIndex(of: message.channel) ?? 0)
    let hasSameParent = parent === message.parentHead
    bytes.append(number: hasSameParent ? 0 : 1)
    if !hasSameParent { append(message.parentHeader) }
    parent = message.parentHead
    append(message.header, unlike: header)
    header = message.header
    append(message.metadata)
    append(message.content)
    bytes.append(number: message.buffers.count)
    for buffer in message.buffers { append(buffer) }
  }

  private mutating func append(_ part: [UInt8]) {
    bytes.append(number: part.count)
    bytes += part
  }

  /// Its length, and then by turns how many bytes are those of the other text in the same place, and bytes of its own.
  private mutating func append(_ text: [UInt8], unlike other: [UInt8]) {
    bytes.append(number: text.count)
    var at = 0
    while at < text.count {
      let own = at + text.agreement(with: other, from: at)
      bytes.append(number: own - at)
      at = text.nextAgreement(with: other, from: own, least: Self.leastAgreement)
      bytes.append(number: at - own)
      bytes += text[own..<at]
    }
  }
}
