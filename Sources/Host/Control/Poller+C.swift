// SPDX-License-Identifier: Apache-2.0
import CLinux
import Glibc

/// An epoll descriptor: says which of many descriptors can be read or written. Level-triggered.
final class Poller: Sendable {
  struct Ready {
    var token: UInt64
    var readable: Bool
    var writable: Bool
    var hungUp: Bool
  }

  private let descriptor: Int32

  /// - Throws: errno, when the process has no descriptor left.
  init() throws(ErrorNumber) {
    descriptor = linux_poller_make()
    guard descriptor >= 0 else { throw ErrorNumber(-descriptor) }
  }

  deinit { close(descriptor) }

  /// Returns 0 or errno.
  func add(_ watched: Int32, token: UInt64, read: Bool) -> Int32 {
    -linux_poller_set(descriptor, Int32(LINUX_POLLER_ADD), watched, token, read, false)
  }

  func change(_ watched: Int32, token: UInt64, read: Bool, write: Bool) {
    _ = linux_poller_set(descriptor, Int32(LINUX_POLLER_CHANGE), watched, token, read, write)
  }

  func remove(_ watched: Int32) { _ = linux_poller_set(descriptor, Int32(LINUX_POLLER_REMOVE), watched, 0, false, false) }

  /// Waits for at most `milliseconds` (nil: for ever); empty when they passed.
  func wait(milliseconds: Int32?) -> [Ready] {
    var events = [linux_ready](repeating: linux_ready(), count: 64)
    let count = unsafe events.withUnsafeMutableBufferPointer {
      unsafe linux_poller_wait(descriptor, $0.baseAddress, Int32($0.count), milliseconds ?? -1)
    }
    return events.prefix(max(0, Int(count))).map {
      Ready(token: $0.token, readable: $0.readable, writable: $0.writable, hungUp: $0.hung_up)
    }
  }
}
