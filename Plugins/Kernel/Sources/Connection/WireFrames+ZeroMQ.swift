// SPDX-License-Identifier: Apache-2.0

internal import ZeroMQ

extension WireFrames {
  /// Takes a whole message out of a socket, over what was here. Does not wait.
  ///
  /// - Parameter frame: What each frame passes through.
  /// - Returns: False when there is none.
  mutating func receive(from socket: ZeroMQSocket, through frame: ZeroMQMessage) throws(ZeroMQError) -> Bool {
    removeAll()
    guard try socket.receive(into: frame, waits: false) else { return false }
    // The frames of a message arrive together: this never waits.
    while take(frame), try socket.receive(into: frame, waits: true) {}
    return true
  }

  /// - Returns: Whether another frame follows.
  private mutating func take(_ frame: ZeroMQMessage) -> Bool {
    let hasMore = frame.hasMore
    if frame.count < Self.largeFrame {
      append { frame.append(to: &$0) }
    } else {
      append(frame.copy())
      frame.clear()
    }
    return hasMore
  }
}
