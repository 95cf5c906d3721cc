// SPDX-License-Identifier: Apache-2.0
import Synchronization
import PluginBridge

/// Takes the answers of one client's calls to the door's thread.
final class ControlReceiver: CallReceiver {
  private let peer: ControlPeerID
  private let mailbox: ControlMailbox
  /// Chunks and progress are wanted too.
  private let streams: Bool
  /// Bytes under way to the door's thread, and the most there may be: a client with more would be cut off there anyway.
  private let underWay = Atomic<Int>(0)
  private let limit: Int

  init(peer: ControlPeerID, mailbox: ControlMailbox, streams: Bool, limit: Int) {
    self.peer = peer
    self.mailbox = mailbox
    self.streams = streams
    self.limit = limit
  }

  func chunk(call: CallID, content: Content, payload: [UInt8]) {
    if streams { put(payload, .chunk(peer, call, content, payload)) }
  }

  func progress(call: CallID, partsPerMillion: UInt32, note: String) {
    if streams { mailbox.put(.progress(peer, call, partsPerMillion: partsPerMillion, note: note)) }
  }

  func finished(call: CallID, status: CallStatus, content: Content, payload: [UInt8]) {
    put(payload, .finished(peer, call, status, content, payload))
  }

  private func put(_ payload: [UInt8], _ message: ControlMessage) {
    let total = underWay.wrappingAdd(payload.count, ordering: .relaxed).newValue
    guard total <= limit else {
      underWay.wrappingSubtract(payload.count, ordering: .relaxed)
      mailbox.put(.overrun(peer, waitingBytes: total))
      return
    }
    mailbox.put(message)
  }

  /// The door's thread has these bytes now.
  func arrived(bytes: Int) { underWay.wrappingSubtract(bytes, ordering: .relaxed) }
}
