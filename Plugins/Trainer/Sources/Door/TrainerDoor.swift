// SPDX-License-Identifier: Apache-2.0

internal import Synchronization
internal import PluginSDK

/// The TCP server trainers connect to: one thread that only reads and writes sockets.
///
/// What it reads goes to an inbox, in order; what others want sent waits in outboxes. It looks into nothing.
final class TrainerDoor: Sendable {
  /// What became of a line to send.
  enum Sending: Sendable {
    case queued
    /// The connection is no more.
    case gone
    /// The trainer has not read for so long that its outbox is full.
    case full
  }

  /// How far the end has come.
  enum Phase: Int, Sendable {
    case open
    /// Nobody is accepted and nothing read any more; lines are still sent.
    case deaf
    /// The sockets are closed and the thread ends.
    case closed
  }

  private struct Orders {
    var outboxes: [ConnectionID: Outbox] = [:]
    var fresh: Set<ConnectionID> = []
    var mayRead = false
    var phase = Phase.open
  }

  let listener: Listener
  let maxConnections: Int
  let inbox: Inbox
  /// Whether what was read finds no place any more.
  let isHeldBack: @Sendable () -> Bool
  let notes: DoorNotes
  let poller: Poller
  private let orders = Mutex(Orders())
  private let thread = Mutex<OwnedThread?>(nil)
  /// Changes when the loop has taken a phase over.
  private let reached = Monitor(Phase.open)

  /// - Parameters:
  ///   - isHeldBack: Asked after each piece that was read; while it says so nothing more is. `resumeReading` must follow.
  ///   - notes: Told what a person may have to know.
  init(
    listener: Listener, maxConnections: Int, inbox: Inbox, isHeldBack: @escaping @Sendable () -> Bool, notes: DoorNotes
  ) throws {
    self.listener = listener
    self.maxConnections = maxConnections
    self.inbox = inbox
    self.isHeldBack = isHeldBack
    self.notes = notes
    poller = try Poller()
  }

  /// Begins to accept.
  func start() throws {
    let started = try OwnedThread.begin(name: "trainer-door") { [self] in
      var loop = DoorLoop(door: self)
      loop.run()
    }
    thread.withLock { $0 = started }
  }

  /// Stops accepting and reading; returns when the last piece read is in the inbox.
  func stopReading() { advance(to: .deaf) }

  /// Closes every socket and ends the thread.
  func close() {
    advance(to: .closed)
    thread.withLock { $0.take() }?.join()
  }

  /// Sends a line, later and in order. Never blocks; any thread.
  ///
  /// - Parameter line: With its newline.
  func send(_ line: [UInt8], to connection: ConnectionID) -> Sending {
    let outcome = orders.withLock { orders -> Sending in
      guard let added = orders.outboxes[connection]?.add(line) else { return .gone }
      guard added else { return .full }
      orders.fresh.insert(connection)
      return .queued
    }
    if outcome == .queued { poller.wake() }
    return outcome
  }

  /// Lets the reading go on after it was held back. Any thread.
  func resumeReading() {
    orders.withLock { $0.mayRead = true }
    poller.wake()
  }

  private func advance(to phase: Phase) {
    guard thread.withLock({ $0 != nil }) else { return }
    orders.withLock { $0.phase = phase }
    poller.wake()
    _ = reached.wait { $0.rawValue >= phase.rawValue ? true : nil }
  }
}

// MARK: - For the loop

extension TrainerDoor {
  /// What others asked for since the last time.
  func takeOrders() -> (toWrite: Set<ConnectionID>, mayRead: Bool, phase: Phase) {
    orders.withLock { orders in
      defer {
        orders.fresh = []
        orders.mayRead = false
      }
      return (orders.fresh, orders.mayRead, orders.phase)
    }
  }

  func openOutbox(_ connection: ConnectionID) { orders.withLock { $0.outboxes[connection] = Outbox() } }
  func closeOutbox(_ connection: ConnectionID) { _ = orders.withLock { $0.outboxes.removeValue(forKey: connection) } }
  func takeOutbox(_ connection: ConnectionID) -> [UInt8] { orders.withLock { $0.outboxes[connection]?.take() ?? [] } }
  func wrote(_ count: Int, to connection: ConnectionID) { orders.withLock { $0.outboxes[connection]?.wrote(count) } }
  func hasReached(_ phase: Phase) { reached.change { $0 = phase } }
}
