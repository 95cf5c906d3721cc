// SPDX-License-Identifier: Apache-2.0

internal import PluginSDK
internal import Synchronization
internal import WebSockets

/// The connections behind an open door, and what they share.
final class DoorHall: Sendable {
  private struct State: Sendable {
    var connections: [UInt: DoorConnection] = [:]
    var lastNumber: UInt
    /// Nobody is let in any more.
    var isClosing = false
    /// Those who wait until nobody is inside.
    var waiting: [CheckedContinuation<Void, Never>] = []
  }

  let settings: DoorSettings
  let partners: DoorPartners
  let executor: (any TaskExecutor)?
  let log: PluginLog?
  let clock: DoorClock
  let rate: RequestRate
  let reader = WireReader()
  private let counters: DoorTally
  private let state: Mutex<State>

  /// - Parameter lastNumber: No connection of this or an earlier door has a higher one.
  init(
    settings: DoorSettings, partners: DoorPartners, executor: (any TaskExecutor)?, log: PluginLog?, clock: DoorClock, counters: DoorTally,
    lastNumber: UInt
  ) {
    self.settings = settings
    self.partners = partners
    self.executor = executor
    self.log = log
    self.clock = clock
    self.counters = counters
    rate = RequestRate(perSecond: settings.requestsPerSecond)
    state = Mutex(State(lastNumber: lastNumber))
  }

  func count(_ change: (inout DoorCounters) -> Void) { counters.change(change) }

  var lastNumber: UInt { state.withLock { $0.lastNumber } }
  var connections: [DoorConnection] { state.withLock { state in state.connections.values.sorted { $0.number < $1.number } } }

  func connection(_ number: UInt) -> DoorConnection? { state.withLock { $0.connections[number] } }

  // MARK: - Coming

  /// The number of the next connection; nil: nobody is let in any more.
  func nextNumber() -> UInt? {
    state.withLock { state in
      guard !state.isClosing else { return nil }
      state.lastNumber += 1
      return state.lastNumber
    }
  }

  /// A connection is open, with what came on it before.
  ///
  /// - Returns: What hears its events.
  func enter(
    _ socket: WebServerSocket, _ caller: Caller, _ number: UInt, hasSpoken: Bool = false, messages: [[UInt8]] = []
  ) -> @Sendable (WebServerEvent) -> Void {
    let connection = DoorConnection(self, socket: socket, caller: caller, number: number, hasSpoken: hasSpoken)
    let isClosing = state.withLock { state in
      state.connections[number] = connection
      return state.isClosing
    }
    count { $0.connections += 1 }
    partners.authority.connected(caller)
    // It got its number just before.
    if isClosing { connection.end(WireText.stopping) }
    for message in messages { connection.take(message) }
    return { connection.hear($0) }
  }

  // MARK: - Going

  /// A connection closed. Once, or more often.
  func isOver(_ connection: DoorConnection) {
    guard forget(connection) else { return }
    partners.operations.disconnected(connection.caller)
    partners.authority.disconnected(connection.caller)
  }

  /// Another host has it now.
  func isHandedOver(_ connection: DoorConnection) { _ = forget(connection) }

  private func forget(_ connection: DoorConnection) -> Bool {
    let (wasHere, isLast, waiting) = state.withLock { state -> (Bool, Bool, [CheckedContinuation<Void, Never>]) in
      guard state.connections.removeValue(forKey: connection.number) != nil else { return (false, false, []) }
      let isLast = !state.connections.values.contains { $0.caller.run == connection.caller.run }
      guard state.connections.isEmpty else { return (true, isLast, []) }
      defer { state.waiting = [] }
      return (true, isLast, state.waiting)
    }
    if isLast { rate.forget(connection.caller.run) }
    for continuation in waiting { continuation.resume() }
    return wasHere
  }

  /// Lets nobody in any more.
  func beginClosing() { state.withLock { $0.isClosing = true } }

  /// Returns when nobody is inside.
  func isEmpty() async {
    await withCheckedContinuation { continuation in
      let isEmpty = state.withLock { state in
        if state.connections.isEmpty { return true }
        state.waiting.append(continuation)
        return false
      }
      if isEmpty { continuation.resume() }
    }
  }
}
