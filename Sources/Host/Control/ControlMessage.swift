// SPDX-License-Identifier: Apache-2.0
import JSON
import PluginBridge

/// The number of one connection, never reused.
typealias ControlPeerID = UInt64

/// What other threads tell the door's thread.
enum ControlMessage: Sendable {
  case chunk(ControlPeerID, CallID, Content, [UInt8])
  case progress(ControlPeerID, CallID, partsPerMillion: UInt32, note: String)
  case finished(ControlPeerID, CallID, CallStatus, Content, [UInt8])
  /// More came for a client than it may leave unread.
  case overrun(ControlPeerID, waitingBytes: Int)
  case answer(ControlPeerID, request: UInt64, Result<JSONValue, ControlError>)
  case eventsReady(ControlPeerID, subscription: Int)
  case close(deadline: UInt64)
}
