// SPDX-License-Identifier: Apache-2.0

internal import JSON

/// One message to or from a kernel: four JSON texts as they crossed, and raw buffers.
///
/// The texts are whatever the other side wrote. What comes from a kernel may be no JSON at all where it should be (NaN, lone surrogates);
/// only the header and the parent's header are read here, when asked for, and each at most once.
struct KernelMessage: Sendable {
  var channel: KernelChannel
  /// JSON of the message's header.
  var header: [UInt8] {
    get { head.json }
    set { head = MessageHead(newValue) }
  }
  /// JSON of the header of the request this belongs to; `{}` or `null` without one.
  var parentHeader: [UInt8] {
    get { parentHead.json }
    set { parentHead = MessageHead(newValue) }
  }
  /// JSON.
  var metadata: [UInt8]
  /// JSON.
  var content: [UInt8]
  /// Binary parts, outside the signature.
  var buffers: [[UInt8]]
  private var head: MessageHead
  private(set) var parentHead: MessageHead

  init(
    channel: KernelChannel, header: [UInt8], parentHeader: [UInt8], metadata: [UInt8], content: [UInt8], buffers: [[UInt8]] = []
  ) {
    self.init(channel: channel, header: header, parent: MessageHead(parentHeader), metadata: metadata, content: content, buffers: buffers)
  }

  /// Makes a message whose parent others have, too.
  init(
    channel: KernelChannel, header: [UInt8], parent: MessageHead, metadata: [UInt8], content: [UInt8], buffers: [[UInt8]] = []
  ) {
    self.channel = channel
    head = MessageHead(header)
    parentHead = parent
    self.metadata = metadata
    self.content = content
    self.buffers = buffers
  }

  /// Makes a request of our own.
  init(_ header: MessageHeader, on channel: KernelChannel, content: [UInt8], metadata: [UInt8] = Array("{}".utf8)) {
    self.init(channel: channel, header: header.json, parentHeader: Array("{}".utf8), metadata: metadata, content: content)
  }

  /// What the header says; nil when it is no header. Read at most once, also by copies of this message.
  var messageHeader: MessageHeader? { head.header }

  /// The header of the request this belongs to; nil without one. Read at most once, also by copies of this message.
  var parent: MessageHeader? { parentHead.header }

  /// The content as JSON that every reader takes, in UTF-8, whatever the kernel wrote; as it came when it was right.
  var contentJSON: [UInt8] { MendedJSON.mend(content) }

  /// The metadata as JSON that every reader takes.
  var metadataJSON: [UInt8] { MendedJSON.mend(metadata) }
}
