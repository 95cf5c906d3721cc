// SPDX-License-Identifier: Apache-2.0

internal import CZeroMQ
internal import Glibc

extension ZeroMQSocket {
  /// Sends a message of one frame or more, all or nothing.
  ///
  /// - Parameter waits: For room, as long as the send timeout says.
  /// - Returns: False when there is no room, and it does not wait.
  @discardableResult
  public func send(_ frames: [[UInt8]], waits: Bool = true) throws(ZeroMQError) -> Bool {
    precondition(!frames.isEmpty, "a message has at least one frame")
    for index in frames.indices {
      let isLast = index == frames.count - 1
      let frame = frames[index]
      let isSent = try unsafe frame.span.withUnsafeBytes { bytes throws(ZeroMQError) in
        try unsafe send(bytes, hasMore: !isLast, waits: waits || index > 0)
      }
      guard isSent else { return false }
    }
    return true
  }

  /// Sends one frame.
  ///
  /// - Parameters:
  ///   - hasMore: The message is not complete: another frame must follow.
  ///   - waits: For room, as long as the send timeout says.
  /// - Returns: False when there is no room, and it does not wait.
  @discardableResult
  public func send(_ frame: RawSpan, hasMore: Bool = false, waits: Bool = true) throws(ZeroMQError) -> Bool {
    try unsafe frame.withUnsafeBytes { bytes throws(ZeroMQError) in try unsafe send(bytes, hasMore: hasMore, waits: waits) }
  }

  private func send(_ frame: UnsafeRawBufferPointer, hasMore: Bool, waits: Bool) throws(ZeroMQError) -> Bool {
    let flags = (hasMore ? ZMQ_SNDMORE : 0) | (waits ? 0 : ZMQ_DONTWAIT)
    while true {
      if unsafe zmq_send(handle, frame.baseAddress, frame.count, flags) >= 0 { return true }
      switch zmq_errno() {
      case EINTR: continue
      case EAGAIN where !waits: return false
      default: throw ZeroMQError("send \(frame.count) bytes through a \(kind.rawValue) socket")
      }
    }
  }

  /// Receives one frame without copying it.
  ///
  /// - Parameter waits: For a message, as long as the receive timeout says.
  /// - Returns: False when there is none, and it does not wait.
  public func receive(into message: ZeroMQMessage, waits: Bool) throws(ZeroMQError) -> Bool {
    while true {
      if unsafe zmq_msg_recv(message.handle, handle, waits ? 0 : ZMQ_DONTWAIT) >= 0 { return true }
      switch zmq_errno() {
      case EINTR: continue
      case EAGAIN where !waits: return false
      default: throw ZeroMQError("receive from a \(kind.rawValue) socket")
      }
    }
  }

  /// Receives a whole message, each frame copied once, if there is one. Does not wait.
  public func receiveIfReady() throws(ZeroMQError) -> [[UInt8]]? { try receive(waits: false) }

  /// Receives a whole message, each frame copied once. Waits, as long as the receive timeout says.
  public func receive() throws(ZeroMQError) -> [[UInt8]] {
    // Not nil when it waits: it returns a message or throws.
    try receive(waits: true) ?? []
  }

  private func receive(waits: Bool) throws(ZeroMQError) -> [[UInt8]]? {
    guard try receive(into: scratch, waits: waits) else { return nil }
    var frames: [[UInt8]] = []
    frames.reserveCapacity(8)
    frames.append(scratch.copy())
    // The frames of a message arrive together: this never waits.
    while scratch.hasMore, try receive(into: scratch, waits: true) { frames.append(scratch.copy()) }
    if scratch.count > Self.largeFrame { scratch.clear() }
    return frames
  }

  /// A frame from this size on is not kept until the next one comes.
  private static let largeFrame = 1 << 16
}
