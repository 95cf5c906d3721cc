// SPDX-License-Identifier: Apache-2.0

internal import PluginSDK

/// What the door has read and the pump has not yet looked at. Not bounded: the pump never waits for anybody.
final class Inbox: Sendable {
  /// One thing that happened at the door.
  enum Happening: Sendable {
    case opened(Connection)
    /// So many more bytes of the batch belong to the connection.
    case bytes(UInt64, count: Int)
    case closed(UInt64)
  }

  /// Everything since the last look: what happened, and the bytes one behind the other.
  struct Batch: Sendable {
    var happenings: [Happening] = []
    var bytes: [UInt8] = []
  }

  private struct State {
    var batch = Batch()
    var isClosed = false
  }

  private let state = Monitor(State())

  /// Tells of a connection's begin or end.
  func add(_ happening: Happening) { state.change { $0.batch.happenings.append(happening) } }

  /// Copies bytes in.
  func add(_ bytes: Span<UInt8>, from connection: UInt64) {
    state.change { state in
      unsafe bytes.withUnsafeBufferPointer { unsafe state.batch.bytes.append(contentsOf: $0) }
      if case .bytes(connection, let count)? = state.batch.happenings.last {
        state.batch.happenings[state.batch.happenings.count - 1] = .bytes(connection, count: count + bytes.count)
      } else {
        state.batch.happenings.append(.bytes(connection, count: bytes.count))
      }
    }
  }

  /// Takes all there is; blocks until there is something. Nil when nothing will come any more.
  func take() -> Batch? {
    state.wait { state -> Batch?? in
      if !state.batch.happenings.isEmpty {
        defer { state.batch = Batch() }
        return .some(state.batch)
      }
      return state.isClosed ? .some(nil) : nil
    } ?? nil
  }

  /// Lets the pump end.
  func close() { state.change { $0.isClosed = true } }
}
