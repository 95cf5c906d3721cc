// SPDX-License-Identifier: Apache-2.0

/// Takes the answers of one client's calls to the door's thread.
final class ControlReceiver: CallReceiver {
  private let peer: ControlPeerID
  private let mailbox: ControlMailbox
  /// Chunks and progress are wanted too.
  private let streams: Bool

  init(peer: ControlPeerID, mailbox: ControlMailbox, streams: Bool) {
    self.peer = peer
    self.mailbox = mailbox
    self.streams = streams
  }

  func chunk(call: CallID, content: Content, payload: [UInt8]) {
    if streams { mailbox.put(.chunk(peer, call, content, payload)) }
  }

  func progress(call: CallID, partsPerMillion: UInt32, note: String) {
    if streams { mailbox.put(.progress(peer, call, partsPerMillion: partsPerMillion, note: note)) }
  }

  func finished(call: CallID, status: CallStatus, content: Content, payload: [UInt8]) {
    mailbox.put(.finished(peer, call, status, content, payload))
  }
}
