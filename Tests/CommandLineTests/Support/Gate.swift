// SPDX-License-Identifier: Apache-2.0
import Glibc
import Synchronization

/// Lets one thread wait until another says that something has come.
final class Gate: Sendable {
  // A semaphore of the system; sem_t is never moved, it lies on the heap.
  nonisolated(unsafe) private let semaphore = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)

  private let opened = Atomic(false)

  init() { sem_init(semaphore, 0, 0) }

  deinit { semaphore.deallocate() }

  /// Whether it was opened once.
  var isOpen: Bool { opened.load(ordering: .acquiring) }

  /// Lets one who waits pass.
  func open() {
    opened.store(true, ordering: .releasing)
    sem_post(semaphore)
  }

  func wait() { while sem_wait(semaphore) != 0, errno == EINTR {} }
}
