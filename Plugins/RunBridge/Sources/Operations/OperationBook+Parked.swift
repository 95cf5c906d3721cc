// SPDX-License-Identifier: Apache-2.0
// The door takes connections over one after the other, and says nothing when it has one: an answer may come before.

internal import JSON
internal import Synchronization

extension OperationBook {
  /// The timer's number for what is parked; operations count from one.
  static let parkedTurn = 0
  /// And for the moment when nobody returns any more.
  static let lastReturn = -1
  private static let pause = Duration.milliseconds(100)

  /// Connections that will be there in a moment.
  func expectReturn(of connections: Set<UInt>) {
    state.withLock { $0.returning = connections }
    timer.set(Self.lastReturn, after: returnTime)
  }

  /// Keeps an answer for a connection that is not there yet.
  ///
  /// - Returns: False: nobody is expected there.
  func park(_ operation: KeptOperation, as wanted: OperationState) -> Bool {
    guard let connection = operation.connection else { return false }
    let isParked = state.withLock { state in
      guard state.returning.contains(connection), !state.isLeaving else { return false }
      state.parked.append(ParkedAnswer(operation: operation, connection: connection, wanted: wanted))
      return true
    }
    if isParked { timer.set(Self.parkedTurn, after: Self.pause) }
    return isParked
  }

  /// Tries again. On the timer's thread.
  func deliverParked() {
    let parked = state.withLock { state -> [ParkedAnswer] in
      // The next host finds them in the database.
      guard !state.isLeaving else { return [] }
      defer { state.parked = [] }
      return state.parked
    }
    for answer in parked {
      var operation = answer.operation
      let isSent = send(operation.submit(result: operation.result ?? .null, error: operation.error), operation, [])
      if !isSent, park(operation, as: answer.wanted) { continue }
      operation.state = isSent ? answer.wanted : .orphaned
      reached(operation)
    }
  }

  /// What was not there in time will not come.
  func stopExpecting() { state.withLock { $0.returning = [] } }
}
