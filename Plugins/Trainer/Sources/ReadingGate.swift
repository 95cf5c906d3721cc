// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// Lets spool and pump tell the door to go on, though the door is made after them.
final class ReadingGate: Sendable {
  private let door = Mutex<TrainerDoor?>(nil)

  func opens(_ door: TrainerDoor) { self.door.withLock { $0 = door } }

  /// Lets go of the door, which leads back here: without this neither would ever be freed.
  func close() { door.withLock { $0 = nil } }

  func open() { door.withLock { $0 }?.resumeReading() }
}
