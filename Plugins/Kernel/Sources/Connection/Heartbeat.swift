// SPDX-License-Identifier: Apache-2.0

internal import ZeroMQ

/// Listens to the heart of a kernel that is not our process. For the links' thread.
///
/// A missed beat is not death: a kernel that holds its interpreter's lock, is swapped out or suspended misses some.
struct Heartbeat {
  /// So many missed beats are told.
  static let missesToTell = 3

  let interval: Duration
  private(set) var socket: ZeroMQSocket
  private(set) var due: ContinuousClock.Instant
  private(set) var misses = 0
  private var isWaiting = false

  init(_ socket: ZeroMQSocket, every interval: Duration, now: ContinuousClock.Instant) {
    self.socket = socket
    self.interval = interval
    due = now
  }

  var isMissing: Bool { misses >= Self.missesToTell }

  /// Asks, or counts a miss and asks anew through another socket: one that waits for an answer can ask nothing else.
  ///
  /// - Returns: The socket that was put away, if it was.
  mutating func beat(now: ContinuousClock.Instant, open: () throws -> ZeroMQSocket?) throws -> ZeroMQSocket? {
    var old: ZeroMQSocket?
    if isWaiting, let fresh = try open() {
      misses += 1
      (old, socket) = (socket, fresh)
    }
    isWaiting = try socket.send([Array("ping".utf8)], waits: false)
    due = now + interval
    return old
  }

  /// Takes the answer, if there is one.
  mutating func listen() throws {
    // Such a socket may not even be asked for an answer while there is no question.
    guard isWaiting, try socket.receiveIfReady() != nil else { return }
    isWaiting = false
    misses = 0
  }
}
