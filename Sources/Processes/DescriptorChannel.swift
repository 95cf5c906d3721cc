// SPDX-License-Identifier: Apache-2.0

internal import CLinux
internal import Glibc

/// One end of a connection between two processes of this machine whose messages take open descriptors along.
///
/// A message arrives whole or not at all. For one thread at a time; every wait has its limit.
public final class DescriptorChannel: Sendable {
  /// One message. Whoever receives it closes its descriptors.
  public struct Message: Sendable, Hashable {
    /// At least one, and at most `mostBytes`.
    public var bytes: [UInt8]
    /// At most `mostDescriptors`.
    public var descriptors: [Int32]

    /// Describes a message.
    public init(_ bytes: [UInt8], descriptors: [Int32] = []) {
      self.bytes = bytes
      self.descriptors = descriptors
    }
  }

  /// Of one message.
  public static let mostBytes = 32 << 10
  /// Of one message; the system takes no more.
  public static let mostDescriptors = Int(LINUX_MOST_DESCRIPTORS)

  /// For pollers and for `SpawnOrder.passed`; closed with the channel.
  public let descriptor: Int32

  /// Takes over a descriptor that is one end of such a connection.
  public init(adopting descriptor: Int32) { self.descriptor = descriptor }

  /// Connects to who listens on a path, see `DescriptorListener`.
  ///
  /// - Throws: With code ENOENT or ECONNREFUSED when nobody does.
  public init(connectingTo path: String) throws(ProcessesError) {
    let made = DescriptorListener.makeSocket()
    guard made >= 0 else { throw ProcessesError("socket", path, code: errno, "cannot make a socket for '\(path)'") }
    let code = unsafe DescriptorListener.withAddress(path) { unsafe connect(made, $0, $1) }
    guard code == 0 else {
      close(made)
      throw ProcessesError("connect", path, code: code, "cannot connect to '\(path)'")
    }
    descriptor = made
  }

  deinit { close(descriptor) }

  /// Makes both ends of a connection.
  public static func pair() throws(ProcessesError) -> (DescriptorChannel, DescriptorChannel) {
    var ends: [Int32] = [-1, -1]
    guard unsafe socketpair(AF_UNIX, DescriptorListener.kind, 0, &ends) == 0 else {
      throw ProcessesError("socketpair", "", code: errno, "cannot make a pair of sockets")
    }
    return (DescriptorChannel(adopting: ends[0]), DescriptorChannel(adopting: ends[1]))
  }

  /// The user at the other end; nil when the system does not say.
  public var peerUser: UInt32? {
    var user: UInt32 = 0
    return unsafe linux_peer_uid(descriptor, &user) == 0 ? user : nil
  }

  /// Sends a message; its descriptors stay open here.
  ///
  /// - Throws: With code ETIMEDOUT when there was no room in that time, EPIPE or ECONNRESET when the other end has gone.
  public func send(_ message: Message, within limit: Duration) throws(ProcessesError) {
    precondition((1...Self.mostBytes).contains(message.bytes.count), "a message has from 1 to \(Self.mostBytes) bytes")
    precondition(message.descriptors.count <= Self.mostDescriptors, "a message has at most \(Self.mostDescriptors) descriptors")
    let end = ContinuousClock.now + limit
    while true {
      let taken = unsafe message.bytes.withUnsafeBytes { bytes in
        unsafe message.descriptors.withUnsafeBufferPointer { descriptors in
          unsafe linux_send_descriptors(descriptor, bytes.baseAddress, bytes.count, descriptors.baseAddress, Int32(descriptors.count))
        }
      }
      if taken >= 0 { return }
      try wait(for: Int16(POLLOUT), until: end, after: Int32(-taken), "sendmsg", "cannot send \(message.descriptors.count) descriptors")
    }
  }

  /// Waits for the next message.
  ///
  /// - Returns: Nil when the other end has gone.
  /// - Throws: With code ETIMEDOUT when none came in that time, EMFILE when this process may open no more descriptors, EMSGSIZE.
  public func receive(within limit: Duration) throws(ProcessesError) -> Message? {
    let end = ContinuousClock.now + limit
    var bytes = [UInt8](repeating: 0, count: Self.mostBytes)
    var descriptors = [Int32](repeating: -1, count: Self.mostDescriptors)
    while true {
      var count: Int32 = 0
      let length = unsafe bytes.withUnsafeMutableBytes { bytes in
        unsafe descriptors.withUnsafeMutableBufferPointer { descriptors in
          unsafe linux_receive_descriptors(descriptor, bytes.baseAddress, bytes.count, descriptors.baseAddress, &count)
        }
      }
      if length == 0 { return nil }
      if length > 0 { return Message(Array(bytes[..<length]), descriptors: Array(descriptors[..<Int(count)])) }
      if -length == Int(ECONNRESET) { return nil }
      try wait(for: Int16(POLLIN), until: end, after: Int32(-length), "recvmsg", "cannot receive a message with descriptors")
    }
  }

  private func wait(
    for events: Int16, until end: ContinuousClock.Instant, after code: Int32, _ operation: String, _ tried: String
  ) throws(ProcessesError) {
    if code == EINTR { return }
    guard code == EAGAIN else { throw ProcessesError(operation, "", code: code, tried) }
    let left = end - ContinuousClock.now
    guard left > .zero else { throw ProcessesError(operation, "", code: ETIMEDOUT, tried) }
    var waited = pollfd(fd: descriptor, events: events, revents: 0)
    let (seconds, attoseconds) = left.components
    _ = unsafe poll(&waited, 1, Int32(clamping: seconds * 1_000 + attoseconds / 1_000_000_000_000_000 + 1))
  }
}
