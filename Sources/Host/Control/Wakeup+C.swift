// SPDX-License-Identifier: Apache-2.0
import CLinux
import Glibc

/// An eventfd: any thread rings, the thread that polls it wakes.
final class Wakeup: Sendable {
  let descriptor: Int32

  init() throws(ErrorNumber) {
    descriptor = linux_event_make()
    guard descriptor >= 0 else { throw ErrorNumber(-descriptor) }
  }

  deinit { close(descriptor) }

  func ring() {
    var one: UInt64 = 1
    _ = unsafe write(descriptor, &one, 8)
  }

  func silence() {
    var count: UInt64 = 0
    _ = unsafe read(descriptor, &count, 8)
  }
}
