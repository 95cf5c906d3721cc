// SPDX-License-Identifier: Apache-2.0

internal import PluginSDK
internal import SQLite
internal import Synchronization

/// Read-only connections for queries, one a query at a time, kept for the next.
final class ReaderPool: Sendable {
  private static let kept = 4

  private struct State {
    var idle: [Reader] = []
    var isClosed = false
  }

  private let path: String
  private let state = Mutex(State())

  init(path: String) { self.path = path }

  /// Gives a connection that nobody else uses, opened when none is idle.
  func borrow() throws -> Reader {
    let idle = try state.withLock { state in
      guard !state.isClosed else { throw PluginFailure("cannot read the database: the store is stopping", status: .stopping) }
      return state.idle.popLast()
    }
    return try idle ?? Reader(path: path)
  }

  /// Takes a connection back.
  func giveBack(_ reader: Reader) {
    state.withLock { state in
      if !state.isClosed, state.idle.count < Self.kept { state.idle.append(reader) }
    }
  }

  /// Closes the idle connections; those in use close when their query ends.
  func close() {
    state.withLock { state in
      state.idle.removeAll()
      state.isClosed = true
    }
  }
}
