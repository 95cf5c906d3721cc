// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import Synchronization

extension OperationBook {
  /// Takes back what waited when the host ended.
  ///
  /// - Parameter connections: Those that are still open, under the numbers they had; the door has them in a moment.
  func restored(connections: Set<UInt>) async throws {
    let found = try await store.perform { try OperationStorage(database: $0).open() }
    expectReturn(of: connections)
    for operation in found {
      let isLive = operation.connection.map { connections.contains($0) } ?? false
      state.withLock { $0.table.add(operation) }
      switch (operation.state, isLive) {
      case (.waiting, true):
        watch(operation)
        act(operation)
      case (.waiting, false):
        end(
          operation.number, as: .failed, result: .null, error: "the host was restarted, and the script's connection is gone", by: nil,
          isSent: false)
      default:
        // The answer was kept, and perhaps not sent.
        end(
          operation.number, as: isLive ? .delivered : .orphaned, result: operation.result ?? .null, error: operation.error,
          by: operation.by,
          isSent: isLive)
      }
    }
    note("forget old operations") { [settings] in try $0.prune(settings) }
  }

  /// The host goes, and another one takes its connections over: what waits is left as it is, and answers are refused from now on.
  func handOver() { state.withLock { $0.isLeaving = true } }

  /// The handing over came to nothing: goes on.
  func stay() {
    let waiting = state.withLock { state in
      state.isLeaving = false
      return state.table.inOrder
    }
    for operation in waiting {
      watch(operation)
      act(operation)
    }
    timer.set(Self.parkedTurn, after: .zero)
  }

  /// The host goes, and the connections with it: tells every script that waits. Before the connections are closed.
  func shutDown(_ reason: String = "host is shutting down") {
    for operation in state.withLock({ $0.table.inOrder }) { end(operation.number, as: .failed, result: .null, error: reason, by: nil) }
    handOver()
  }

  /// A run is over: so is what waits for it.
  func ended(run: String) {
    for operation in state.withLock({ $0.isLeaving ? [] : $0.table.inOrder }) where operation.run == run {
      end(operation.number, as: .failed, result: .null, error: "the run ended before it was answered", by: nil, isSent: false)
    }
  }
}
