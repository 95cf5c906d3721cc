// SPDX-License-Identifier: Apache-2.0

internal import FoundationEssentials
internal import JSON

extension KernelMessage {
  /// A request of this host.
  static func request(
    _ type: String, id: String = FreshID.make(), session: String, content: [UInt8], channel: KernelChannel = .shell,
    subshell: String? = nil, metadata: [UInt8] = empty, parent: [UInt8] = empty, buffers: [[UInt8]] = []
  ) -> KernelMessage {
    let header = MessageHeader(
      id: id, type: type, session: session, username: "jackfield", date: MessageDate.now,
      subshell: subshell)
    return KernelMessage(
      channel: channel, header: header.json, parentHeader: parent, metadata: metadata, content: content, buffers: buffers)
  }

  static let empty = Array("{}".utf8)
}
