// SPDX-License-Identifier: Apache-2.0

internal import SQLite
internal import Synchronization

/// Whether a long piece of work is still wanted; asked between steps, and breaks off a running statement.
final class Cancellation: Sendable {
  private struct State {
    var isCancelled = false
    var interrupter: Interrupter?
  }

  private let state = Mutex(State())

  var isCancelled: Bool { state.withLock { $0.isCancelled } }

  /// Says that it is not wanted any more.
  func cancel() {
    let interrupter = state.withLock { state in
      state.isCancelled = true
      return state.interrupter
    }
    interrupter?.interrupt()
  }

  /// Has a connection's statements broken off too.
  func interrupts(_ database: Database) throws {
    state.withLock { $0.interrupter = database.interrupter }
    try check()
  }

  /// Throws when it is not wanted any more.
  func check() throws {
    if isCancelled { throw CancellationError() }
  }
}
