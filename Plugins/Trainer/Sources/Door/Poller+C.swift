// SPDX-License-Identifier: Apache-2.0

internal import CLinux
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
  private static let mostReady = 64
  private let epoll: Int32
  private let event: Int32

  init() throws(SystemError) {
    epoll = linux_poller_make()
    event = linux_event_make()
    guard epoll >= 0, event >= 0 else {
      throw SystemError(description: "cannot wait for sockets: \(unsafe String(cString: strerror(-min(epoll, event))))")
    }
    _ = linux_poller_set(epoll, Int32(LINUX_POLLER_ADD), event, Self.wakeToken, true, false)
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
    let operation =
      switch (before.isEmpty, interest.isEmpty) {
      case (true, _): LINUX_POLLER_ADD
      case (_, true): LINUX_POLLER_REMOVE
      case (false, false): LINUX_POLLER_CHANGE
      }
    _ = linux_poller_set(epoll, Int32(operation), descriptor, token, interest.contains(.reading), interest.contains(.writing))
  }

  /// Waits.
  ///
  /// - Parameter milliseconds: At most so long; below zero for ever.
  func wait(milliseconds: Int32 = -1) -> [Ready] {
    unsafe withUnsafeTemporaryAllocation(of: linux_ready.self, capacity: Self.mostReady) { ready in
      let count = unsafe linux_poller_wait(epoll, ready.baseAddress, Int32(Self.mostReady), milliseconds)
      guard count > 0 else { return [] }
      return unsafe ready[..<Int(count)].compactMap(translate)
    }
  }

  private func translate(_ ready: linux_ready) -> Ready? {
    guard ready.token != Self.wakeToken else {
      var count: UInt64 = 0
      _ = unsafe read(event, &count, 8)
      return nil
    }
    return Ready(token: ready.token, isReadable: ready.readable || ready.hung_up, isWritable: ready.writable || ready.hung_up)
  }
}
