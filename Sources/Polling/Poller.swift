// SPDX-License-Identifier: Apache-2.0

internal import CEpoll
internal import Glibc

/// Waits until one of many descriptors is ready. One thread waits; all may change what is watched and wake it.
public final class Poller: Sendable {
  /// What is waited for.
  public struct Interest: OptionSet, Sendable {
    /// The system's bits.
    public let rawValue: UInt32
    /// Wraps bits.
    public init(rawValue: UInt32) { self.rawValue = rawValue }

    /// Something to read, or the end.
    public static let read = Interest(rawValue: EPOLLIN.rawValue | EPOLLRDHUP.rawValue)
    /// Room to write.
    public static let write = Interest(rawValue: EPOLLOUT.rawValue)
  }

  /// A descriptor that is ready.
  public struct Ready: Sendable, Hashable {
    /// The number it was added under.
    public let tag: UInt64
    /// There is something to read, or its end, or an error that reading tells.
    public let canRead: Bool
    /// There is room to write.
    public let canWrite: Bool
  }

  private static let wakeTag = UInt64.max
  private let descriptor: Int32
  private let waker: Int32

  /// Makes a poller that watches nothing yet.
  public init() throws(PollingError) {
    descriptor = jackfield_epoll_create()
    guard descriptor >= 0 else { throw .current("watch descriptors") }
    waker = jackfield_eventfd()
    guard waker >= 0 else {
      let error = PollingError.current("watch descriptors")
      close(descriptor)
      throw error
    }
    try add(waker, tag: Self.wakeTag, .read)
  }

  deinit {
    close(waker)
    close(descriptor)
  }

  /// Watches a descriptor under a number other than the greatest.
  public func add(_ watched: Int32, tag: UInt64, _ interest: Interest) throws(PollingError) {
    guard jackfield_epoll_set(descriptor, EPOLL_CTL_ADD, watched, interest.rawValue, tag) == 0 else { throw .current("watch a descriptor") }
  }

  /// Changes what a watched descriptor is waited for.
  public func change(_ watched: Int32, tag: UInt64, _ interest: Interest) {
    _ = jackfield_epoll_set(descriptor, EPOLL_CTL_MOD, watched, interest.rawValue, tag)
  }

  /// Watches a descriptor no more; before it is closed.
  public func remove(_ watched: Int32) {
    _ = jackfield_epoll_set(descriptor, EPOLL_CTL_DEL, watched, 0, 0)
  }

  /// Ends the running wait, or the next one at once.
  public func wake() {
    var one: UInt64 = 1
    // It fails only when the count is at its end, and then the wait ends anyway.
    _ = unsafe write(waker, &one, 8)
  }

  /// Waits until something is ready, somebody wakes, or the time is over.
  ///
  /// - Parameter timeoutMs: Nil waits for ever.
  /// - Returns: What is ready, at most 64; empty after a `wake`.
  public func wait(timeoutMs: Int32? = nil) -> [Ready] {
    // An event holds a union with a pointer in it, which nobody here reads.
    var events = unsafe [epoll_event](repeating: epoll_event(), count: 64)
    let count = unsafe events.withUnsafeMutableBufferPointer { buffer in
      unsafe epoll_wait(descriptor, buffer.baseAddress!, Int32(buffer.count), timeoutMs ?? -1)
    }
    return (0..<Int(max(count, 0))).compactMap { unsafe ready(&events[$0]) }
  }

  /// Nil for a wake, which is over then.
  private func ready(_ event: inout epoll_event) -> Ready? {
    let tag = unsafe jackfield_epoll_tag(&event)
    guard tag != Self.wakeTag else {
      var number: UInt64 = 0
      _ = unsafe read(waker, &number, 8)
      return nil
    }
    let happened = unsafe event.events
    let isBroken = happened & (EPOLLERR.rawValue | EPOLLHUP.rawValue) != 0
    return Ready(
      tag: tag, canRead: isBroken || happened & Interest.read.rawValue != 0, canWrite: happened & Interest.write.rawValue != 0)
  }
}

extension PollingError {
  fileprivate static func current(_ operation: String) -> PollingError {
    let number = errno
    let words = unsafe strerror(number).map { unsafe String(cString: $0) } ?? "error \(number)"
    return PollingError(number: number, operation: operation, message: words)
  }
}
