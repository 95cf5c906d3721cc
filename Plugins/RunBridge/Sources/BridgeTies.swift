// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// What one part of the bridge has to tell others that are made after it.
final class BridgeTies: Sendable {
  struct Parts: Sendable {
    let fronts: FrontDesk
    let consents: ConsentDesk
    let operations: OperationBook
    let door: BridgeDoor
    let keeper: DoorKeeper
    let runs: RunRegistry
    /// For what waits.
    let executor: any TaskExecutor
  }

  private let parts = Mutex<Parts?>(nil)

  /// Before any of them begins.
  func join(_ parts: Parts) { self.parts.withLock { $0 = parts } }

  /// After all of them have ended: they hold each other through this.
  func part() { parts.withLock { $0 = nil } }

  /// A run is over: so is what it asked and waits for, and its connections.
  func ended(_ run: String, _ reason: String) {
    guard let parts = parts.withLock({ $0 }) else { return }
    parts.fronts.end(run: run)
    parts.operations.ended(run: run)
    parts.door.abort(run: run, reason: reason)
    Task(executorPreference: parts.executor) { await parts.consents.end(run: run) }
  }

  /// The last run is over.
  func becameIdle() async {
    guard let parts = parts.withLock({ $0 }) else { return }
    await parts.keeper.becameIdle { parts.runs.isIdle }
  }

  /// There is one more to be asked.
  func frontAttached() { parts.withLock { $0 }?.operations.frontAttached() }
}
