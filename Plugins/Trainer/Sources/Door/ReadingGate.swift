// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// Lets spool and pump tell the door to go on, though the door is made after them.
final class ReadingGate: Sendable {
  private let door = Mutex<TrainerDoor?>(nil)

  private let others = Mutex<[@Sendable () -> Void]>([])

  func opens(_ door: TrainerDoor) { self.door.withLock { $0 = door } }

  /// Lets go of the door, which leads back here: without this neither would ever be freed.
  func close() {
    door.withLock { $0 = nil }
    others.withLock { $0 = [] }
  }

  /// Also tells somebody else who waits for room.
  func wakes(_ other: @escaping @Sendable () -> Void) { others.withLock { $0.append(other) } }

  func open() {
    door.withLock { $0 }?.resumeReading()
    for other in others.withLock({ $0 }) { other() }
  }
}
