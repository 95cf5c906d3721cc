// SPDX-License-Identifier: Apache-2.0

@testable import RunBridge

/// Notes what is announced.
final class NotedOperations: OperationKeeping {
  let notes = DoorNotes()

  func started(_ start: OperationStart, by caller: Caller) {
    notes.note("started \(start.operation) \(start.type) \(caller.connection ?? 0)")
  }
  func updated(_ update: OperationUpdate, by caller: Caller) { notes.note("updated \(update.operation) \(update.status)") }
  func disconnected(_ caller: Caller) { notes.note("disconnected \(caller.run)") }
}
