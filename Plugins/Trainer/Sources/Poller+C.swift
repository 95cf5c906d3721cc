// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// Waits for many descriptors at once, and for a wake-up from another thread.
final class Poller: Sendable {
  /// What to wait for; nothing takes a descriptor out of the waiting.
  struct Interest: OptionSet {
    let rawValue: UInt8
    static let reading = Interest(rawValue: 1)
    static let writing = Interest(rawValue: 2)
  }

  /// A descriptor that can be read or written, or has ended (then both), under the token it was given.
  struct Ready {
    let token: UInt64
    let isReadable: Bool
    let isWritable: Bool
  }

  private static let wakeToken = UInt64.max
  private let epoll: Int32
  private let event: Int32

  init() throws(SystemError) {
    epoll = epoll_create1(Int32(EPOLL_CLOEXEC.rawValue))
    event = eventfd(0, Int32(EFD_CLOEXEC.rawValue | EFD_NONBLOCK.rawValue))
    guard epoll >= 0, event >= 0 else {
      throw SystemError(description: "cannot wait for sockets: \(unsafe String(cString: strerror(errno)))")
    }
    change(EPOLL_CTL_ADD, event, Self.wakeToken, .reading)
  }

  deinit {
    _ = close(event)
    _ = close(epoll)
  }

  /// Ends the current wait, or the next one. Any thread.
  func wake() {
    var one: UInt64 = 1
    _ = unsafe write(event, &one, 8)
  }

  func set(_ interest: Interest, was before: Interest, for descriptor: Int32, token: UInt64) {
    guard interest != before else { return }
    switch (before.isEmpty, interest.isEmpty) {
    case (true, _): change(EPOLL_CTL_ADD, descriptor, token, interest)
    case (_, true): change(EPOLL_CTL_DEL, descriptor, token, interest)
    case (false, false): change(EPOLL_CTL_MOD, descriptor, token, interest)
    }
  }

  /// Waits.
  ///
  /// - Parameter milliseconds: At most so long; below zero for ever.
  func wait(milliseconds: Int32 = -1) -> [Ready] {
    unsafe withUnsafeTemporaryAllocation(of: epoll_event.self, capacity: 64) { events in
      let count = unsafe epoll_wait(epoll, events.baseAddress, 64, milliseconds)
      guard count > 0 else { return [] }
      return unsafe events[..<Int(count)].compactMap { unsafe ready($0) }
    }
  }

  private func ready(_ event: epoll_event) -> Ready? {
    let token = unsafe event.data.u64
    guard token != Self.wakeToken else {
      var count: UInt64 = 0
      _ = unsafe read(self.event, &count, 8)
      return nil
    }
    let hasEnded = event.events & (EPOLLHUP.rawValue | EPOLLERR.rawValue) != 0
    return Ready(
      token: token, isReadable: hasEnded || event.events & EPOLLIN.rawValue != 0,
      isWritable: hasEnded || event.events & EPOLLOUT.rawValue != 0)
  }

  private func change(_ operation: Int32, _ descriptor: Int32, _ token: UInt64, _ interest: Interest) {
    var event = epoll_event()
    if interest.contains(.reading) { event.events |= EPOLLIN.rawValue }
    if interest.contains(.writing) { event.events |= EPOLLOUT.rawValue }
    unsafe event.data.u64 = token
    _ = unsafe epoll_ctl(epoll, operation, descriptor, &event)
  }
}
