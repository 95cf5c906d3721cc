// SPDX-License-Identifier: Apache-2.0
import JSON
import PluginBridge

/// One connected client, as the door's thread keeps it.
final class ControlPeer {
  /// A call that is not answered yet.
  struct Call {
    /// The client's name for it, nil for a notification without one.
    var key: JSONValue?
    /// nil: no reply is wanted.
    var request: JSONValue?
    var command: String
    var plugin: String?
    /// nil: the client takes no chunks.
    var flow: StreamFlow?
  }

  let id: ControlPeerID
  let descriptor: Int32
  let streaming: ControlReceiver
  let quiet: ControlReceiver

  var lines: LineBuffer
  var outgoing = OutgoingQueue()
  var calls: [CallID: Call] = [:]
  var callIDs: [JSONValue: CallID] = [:]
  /// Streaming calls that may be due a grant.
  var starved: Set<CallID> = []
  var streams = 0
  /// Of the last call of each command that streamed, in bytes: what the next one may be expected to have.
  var largestChunks: [String: Int] = [:]
  /// Requests the backend has not answered, with the id of each.
  var pending: [UInt64: JSONValue?] = [:]
  var subscriptions: [Int: ControlSubscription] = [:]
  /// Those that have something, in the order of their turns.
  var readySubscriptions: [Int] = []
  var lastSubscription = 0

  /// Lines wait in the buffer because the client has too much to read.
  var linesWait = false
  /// The client sends no more.
  var inputEnded = false
  /// The client is gone altogether: nothing can be sent to it.
  var closedByClient = false
  /// To be closed as soon as everything is written.
  var closing = false
  /// To be closed now; why, for the log, if it is worth a line.
  var ended: Ending?
  /// What the poller watches at the moment.
  var watches = (read: true, write: false)
  /// What the counters hold of this client.
  var countedBytes = 0

  enum Ending {
    /// The client closed the connection.
    case gone
    /// It did not read.
    case overrun(waitingBytes: Int)
    /// The host closed it, as was to be.
    case done
  }

  init(id: ControlPeerID, descriptor: Int32, limits: ControlLimits, mailbox: ControlMailbox) {
    self.id = id
    self.descriptor = descriptor
    streaming = ControlReceiver(peer: id, mailbox: mailbox, streams: true, limit: limits.outgoingBytes)
    quiet = ControlReceiver(peer: id, mailbox: mailbox, streams: false, limit: limits.outgoingBytes)
    lines = LineBuffer(limit: limits.lineBytes)
  }

  var openRequests: Int { calls.count + pending.count }

  /// Nothing more will be said to this client.
  var isIdle: Bool { openRequests == 0 && subscriptions.isEmpty && outgoing.isEmpty && !linesWait }

  func removeCall(_ id: CallID) -> Call? {
    guard let call = calls.removeValue(forKey: id) else { return nil }
    if let key = call.key { callIDs[key] = nil }
    if call.flow != nil { streams -= 1 }
    starved.remove(id)
    return call
  }
}
