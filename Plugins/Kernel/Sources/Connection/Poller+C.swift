// SPDX-License-Identifier: Apache-2.0

internal import CLinux
internal import Glibc
internal import PluginSDK

/// Waits for many descriptors to become readable, and for a wake-up from another thread. Only `wake` is for any thread.
final class Poller: Sendable {
  private static let wakeToken = UInt64.max
  private static let mostReady = 64
  private let epoll: Int32
  private let event: Int32

  init() throws {
    epoll = linux_poller_make()
    event = linux_event_make()
    guard epoll >= 0, event >= 0 else {
      let reason = unsafe String(cString: strerror(-min(epoll, event)))
      if epoll >= 0 { _ = close(epoll) }
      if event >= 0 { _ = close(event) }
      throw PluginFailure("cannot wait for kernels: \(reason); raise the limit of open files")
    }
    _ = linux_poller_set(epoll, Int32(LINUX_POLLER_ADD), event, Self.wakeToken, true, false)
  }

  deinit {
    _ = close(event)
    _ = close(epoll)
  }

  /// Ends the current wait, or the next one.
  func wake() {
    var one: UInt64 = 1
    _ = unsafe write(event, &one, 8)
  }

  /// Begins to watch a descriptor.
  func add(_ descriptor: Int32, token: UInt64) {
    _ = linux_poller_set(epoll, Int32(LINUX_POLLER_ADD), descriptor, token, true, false)
  }

  /// Ends it. Before the descriptor is closed.
  func remove(_ descriptor: Int32) {
    _ = linux_poller_set(epoll, Int32(LINUX_POLLER_REMOVE), descriptor, 0, false, false)
  }

  /// Waits, and writes the tokens of what can be read over `ready`.
  ///
  /// - Parameter milliseconds: At most so long; below zero for ever.
  /// - Returns: Whether somebody called `wake`.
  func wait(milliseconds: Int32, ready: inout [UInt64]) -> Bool {
    ready.removeAll(keepingCapacity: true)
    var isWoken = false
    unsafe withUnsafeTemporaryAllocation(of: linux_ready.self, capacity: Self.mostReady) { events in
      let count = unsafe linux_poller_wait(epoll, events.baseAddress, Int32(Self.mostReady), milliseconds)
      for index in 0..<max(0, Int(count)) {
        let token = unsafe events[index].token
        if token == Self.wakeToken { isWoken = true } else { ready.append(token) }
      }
    }
    if isWoken {
      var count: UInt64 = 0
      _ = unsafe read(event, &count, 8)
    }
    return isWoken
  }
}
