// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// Any number of open descriptors and what is to be said of them, for another process.
public struct DescriptorParcel: Sendable, Hashable {
  /// What is to be said; at most `mostBytes`.
  public var bytes: [UInt8]
  /// At most `mostDescriptors`. Whoever has the parcel closes them.
  public var descriptors: [Int32]

  /// Of one parcel.
  public static let mostBytes = 256 << 20
  /// Of one parcel.
  public static let mostDescriptors = 1 << 20

  /// Puts a parcel together.
  public init(_ bytes: [UInt8], descriptors: [Int32]) {
    self.bytes = bytes
    self.descriptors = descriptors
  }

  /// Closes all descriptors.
  public func close() { for descriptor in descriptors { Glibc.close(descriptor) } }

  /// Those that are connections, not sockets that listen or something else.
  public var connections: [Int32] {
    descriptors.filter { descriptor in
      var listens: Int32 = 0
      var size = socklen_t(MemoryLayout<Int32>.size)
      return unsafe getsockopt(descriptor, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) == 0 && listens == 0
    }
  }

  /// Says how the connections end when their last descriptor is closed, in whatever way: with a reset, or in the ordinary way.
  public func setResetsAtEnd(_ resets: Bool) {
    for descriptor in connections {
      var way = linger(l_onoff: resets ? 1 : 0, l_linger: 0)
      _ = unsafe setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &way, socklen_t(MemoryLayout<linger>.size))
    }
  }
}

// MARK: - On its way

/// A parcel is a head with its sizes, then its bytes and its descriptors in as many messages as it takes. Each message is answered, so that the
/// system never holds many descriptors that nobody has received.
extension DescriptorChannel {
  private static let mark = Array("JFP1".utf8)
  private static let answer: [UInt8] = [0x6B]  // k

  /// Sends a parcel, and waits until the other end has all of it. Its descriptors stay open here.
  public func send(_ parcel: DescriptorParcel, within limit: Duration) throws(ProcessesError) {
    let end = ContinuousClock.now + limit
    let sizes = [parcel.bytes.count, parcel.descriptors.count].flatMap { size in (0..<8).map { UInt8(truncatingIfNeeded: size >> ($0 * 8)) }
    }
    try post(Message(Self.mark + sizes), until: end)
    var (bytes, descriptors) = (parcel.bytes[...], parcel.descriptors[...])
    while !bytes.isEmpty || !descriptors.isEmpty {
      // The first byte only makes a message of descriptors alone one that is not empty.
      try post(
        Message([0] + bytes.prefix(Self.mostBytes - 1), descriptors: Array(descriptors.prefix(Self.mostDescriptors))), until: end)
      bytes = bytes.dropFirst(Self.mostBytes - 1)
      descriptors = descriptors.dropFirst(Self.mostDescriptors)
    }
  }

  private func post(_ message: Message, until end: ContinuousClock.Instant) throws(ProcessesError) {
    try send(message, within: end - ContinuousClock.now)
    guard let answer = try receive(within: end - ContinuousClock.now), answer.bytes == Self.answer else {
      throw ProcessesError("recvmsg", "", code: ECONNRESET, "cannot send descriptors: the other process did not take them")
    }
  }

  /// Receives a parcel.
  ///
  /// - Returns: Nil when the other end goes before all of it has come, or sends something else; then nothing is left open.
  public func receiveParcel(within limit: Duration) throws(ProcessesError) -> DescriptorParcel? {
    let end = ContinuousClock.now + limit
    guard let head = try receive(within: limit) else { return nil }
    guard let (byteCount, descriptorCount) = Self.sizes(head.bytes), head.descriptors.isEmpty else {
      DescriptorParcel([], descriptors: head.descriptors).close()
      return nil
    }
    var parcel = DescriptorParcel([], descriptors: [])
    do throws(ProcessesError) {
      try send(Message(Self.answer), within: end - ContinuousClock.now)
      while parcel.bytes.count < byteCount || parcel.descriptors.count < descriptorCount {
        let next = try receive(within: end - ContinuousClock.now)
        parcel.bytes += next?.bytes.dropFirst() ?? []
        parcel.descriptors += next?.descriptors ?? []
        guard next != nil, parcel.bytes.count <= byteCount, parcel.descriptors.count <= descriptorCount else {
          parcel.close()
          return nil
        }
        try send(Message(Self.answer), within: end - ContinuousClock.now)
      }
    } catch {
      parcel.close()
      throw error
    }
    return parcel
  }

  private static func sizes(_ head: [UInt8]) -> (bytes: Int, descriptors: Int)? {
    guard head.count == mark.count + 16, head.starts(with: mark) else { return nil }
    let numbers = [4, 12].map { start in (0..<8).reduce(UInt64(0)) { $0 | UInt64(head[start + $1]) << UInt64($1 * 8) } }
    guard numbers[0] <= UInt64(DescriptorParcel.mostBytes), numbers[1] <= UInt64(DescriptorParcel.mostDescriptors) else { return nil }
    return (Int(numbers[0]), Int(numbers[1]))
  }
}
