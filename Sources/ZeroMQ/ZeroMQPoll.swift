// SPDX-License-Identifier: Apache-2.0

internal import CZeroMQ
internal import Glibc

/// Waits for several sockets and descriptors at once. Not for two threads at once.
///
/// Right for a handful; its cost grows with their number. Hundreds are better watched through their `descriptor`s.
public struct ZeroMQPoll {
  /// Something that can become readable.
  public enum Item {
    case socket(ZeroMQSocket)
    /// A pipe, an eventfd, any other descriptor.
    case descriptor(Int32)
  }

  private let items: [Item]

  /// Takes what is to be watched.
  public init(_ items: [Item]) { self.items = items }

  /// Waits until something can be read.
  ///
  /// - Parameter milliseconds: At most so long; -1 for ever.
  /// - Returns: The indices of what can be read; none when the time is over, or a signal came.
  public func wait(milliseconds: Int = -1) throws(ZeroMQError) -> [Int] {
    var polled = unsafe items.map { unsafe $0.polled }
    let count = unsafe zmq_poll(&polled, Int32(polled.count), milliseconds)
    guard count >= 0 else {
      guard zmq_errno() == EINTR else { throw ZeroMQError("wait for \(items.count) sockets") }
      return []
    }
    return unsafe polled.indices.filter { unsafe polled[$0].revents != 0 }
  }
}

extension ZeroMQPoll.Item {
  fileprivate var polled: zmq_pollitem_t {
    switch self {
    case .socket(let socket): unsafe zmq_pollitem_t(socket: socket.handle, fd: 0, events: Int16(ZMQ_POLLIN), revents: 0)
    case .descriptor(let descriptor): unsafe zmq_pollitem_t(socket: nil, fd: descriptor, events: Int16(ZMQ_POLLIN), revents: 0)
    }
  }
}
