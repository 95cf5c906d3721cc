// SPDX-License-Identifier: Apache-2.0

/// Reads the headers of messages.
struct HeaderReader: Sendable {
  func header(of message: KernelMessage) -> MessageHeader? { message.messageHeader }
  func parent(of message: KernelMessage) -> MessageHeader? { message.parent }
}
