// SPDX-License-Identifier: Apache-2.0

/// How a kernel is to be talked to.
struct LinkTerms: Sendable {
  var connection: ConnectionInfo
  /// Our session: the identity of all request sockets, so that questions of the kernel find us.
  var session: String
  /// Whether the kernel is not our process: then its heartbeat is watched, and a connection that stays broken means that it is lost.
  var isAttached = false
  /// How long a connection may be broken before an attached kernel counts as lost.
  var lossLimit: Duration = .seconds(10)
  /// How often an attached kernel's heart is listened to; three beats missed are told.
  var heartbeatInterval: Duration = .seconds(1)
  /// A kernel that sends a larger frame is disconnected.
  var mostFrameBytes: Int64 = 1 << 30
}
