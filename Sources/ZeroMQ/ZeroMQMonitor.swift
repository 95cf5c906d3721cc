// SPDX-License-Identifier: Apache-2.0

internal import CZeroMQ
internal import Synchronization

/// Tells what happens to the connections of a socket. For the thread of that socket; must go before or with it.
public final class ZeroMQMonitor {
  private let events: ZeroMQSocket
  private let watched: ZeroMQSocket
  private static let count = Atomic(0)

  /// Begins to watch. Make it before `connect` or `bind`.
  public init(of socket: ZeroMQSocket) throws(ZeroMQError) {
    let number = Self.count.wrappingAdd(1, ordering: .relaxed).newValue
    let endpoint = "inproc://jackfield-monitor-\(number)"
    guard unsafe zmq_socket_monitor(socket.handle, endpoint, ZeroMQMonitorEvent.watched) == 0 else {
      throw ZeroMQError("watch the connections of a \(socket.kind.rawValue) socket")
    }
    watched = socket
    events = try ZeroMQSocket(.pair, in: socket.context)
    try events.setLinger(milliseconds: 0)
    try events.connect(to: endpoint)
  }

  deinit {
    unsafe zmq_socket_monitor(watched.handle, nil, 0)
  }

  /// As that of a socket: readable when something may have happened.
  public var descriptor: Int32 { events.descriptor }

  /// The next thing that happened, if any. Does not wait.
  public func next() throws(ZeroMQError) -> ZeroMQMonitorEvent? {
    while let frames = try events.receiveIfReady() {
      if let event = ZeroMQMonitorEvent(frames) { return event }
    }
    return nil
  }

  /// The next thing that happens. Waits at most so long, -1 for ever, then throws a timeout.
  public func next(withinMilliseconds limit: Int32) throws(ZeroMQError) -> ZeroMQMonitorEvent {
    try events.setReceiveTimeout(milliseconds: limit)
    while true {
      if let event = ZeroMQMonitorEvent(try events.receive()) { return event }
    }
  }
}
