// SPDX-License-Identifier: Apache-2.0

internal import JSON

/// One open connection, as far as the lines on it told.
struct PeerConnection: Sendable {
  let id: ConnectionID
  /// Address and port of the other end.
  let peer: String
  /// Whose socket it is, once that was found out.
  var process: PeerProcess?
  var wantsAck = false
  /// Every session it ever carried a line of, oldest first.
  var sessions: [String] = []
  /// The one it serves now: a trainer that begins a new session leaves the one before.
  var current: String?
  /// When the trainer made the newest line seen, by its clock. A line older than that is a straggler of an earlier session.
  var currentTime = -Double.infinity

  var description: JSONValue {
    var members: [String: JSONValue] = ["connection": .integer(Int64(id)), "peer": .string(peer), "acknowledged": .bool(wantsAck)]
    members["pid"] = process.map { .integer(Int64($0.id)) }
    members["session"] = current.map { .string($0) }
    return .object(members)
  }
}
