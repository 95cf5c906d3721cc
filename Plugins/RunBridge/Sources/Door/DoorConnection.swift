// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import PluginSDK
internal import Synchronization
internal import WebSockets

/// One script's open connection: what it asks, and what it is told. Any thread.
///
/// What is sent is put into the socket's queue under the lock, so that the order on the wire is the order of what happened here.
final class DoorConnection: Sendable {
  enum Phase: Sendable, Hashable {
    case open
    /// On the way to the next host: what comes is kept for it.
    case leaving
    /// About to be reset: what comes is answered with the reason.
    case ending(reason: String)
    case over
  }

  struct State: Sendable {
    var phase = Phase.open
    var open: [UInt64: OpenRequest] = [:]
    var openBytes = 0
    var lastRequest: UInt64 = 0
    /// Submits that wait until no request is open: the script's reader would throw them away.
    var held: [[UInt8]] = []
    var heldBytes = 0
    var sent: SentSubmits
    /// Long messages, and those behind them, which are read on a task.
    var backlog: [[UInt8]] = []
    var backlogBytes = 0
    var reading: Task<Void, Never>?
    /// Messages for the next host.
    var kept: [[UInt8]] = []
    var hasSpoken = false
    var requests = 0
    /// Whether more waits than is allowed: it is to be reset.
    var isOverrun = false
  }

  let caller: Caller
  let number: UInt
  let socket: WebServerSocket
  let hall: DoorHall
  let state: Mutex<State>

  init(_ hall: DoorHall, socket: WebServerSocket, caller: Caller, number: UInt, hasSpoken: Bool) {
    self.hall = hall
    self.socket = socket
    self.caller = caller
    self.number = number
    var first = State(sent: SentSubmits(limit: hall.settings.messageBytes))
    first.hasSpoken = hasSpoken
    state = Mutex(first)
  }

  // MARK: - What is sent

  /// Under the lock. False when the connection is closed.
  @discardableResult func post(_ frame: [UInt8], _ state: inout State) -> Bool {
    do throws(WebError) {
      try socket.post(.text(frame))
      return true
    } catch {
      if case .full = error.code { state.isOverrun = true }
      return false
    }
  }

  /// Resets a client that lets more wait than is allowed. Not under the lock.
  func resetIfOverrun() {
    let isOverrun = state.withLock { state in
      defer { state.isOverrun = false }
      return state.isOverrun
    }
    guard isOverrun else { return }
    hall.count { $0.overrun += 1 }
    hall.log?.warning("client reset: it does not take what waits for it", ["connection": number, "run": caller.run])
    socket.abort()
  }

  /// Sends what was held, when no request is open.
  func release(_ state: inout State) {
    guard state.open.isEmpty, !state.held.isEmpty else { return }
    for frame in state.held { post(frame, &state) }
    state.held = []
    state.heldBytes = 0
  }

  /// Sends a submit now, or behind the answers of the open requests. False when the connection is closed.
  func send(_ submit: [UInt8], _ state: inout State) -> Bool {
    guard state.phase != .over, !socket.isOver else { return false }
    guard !state.open.isEmpty else { return post(submit, &state) }
    state.held.append(submit)
    state.heldBytes += submit.count
    if state.heldBytes > hall.settings.waitingBytes { state.isOverrun = true }
    return true
  }

  /// The answer of an operation.
  func submit(_ submit: OperationSubmit) -> Bool {
    let frame = Self.frame(submit, limit: hall.settings.messageBytes)
    let isTaken = state.withLock { state in
      guard send(frame, &state) else { return false }
      if let operation = OperationStart.name(submit.operation) { state.sent.keep(operation, frame) }
      return true
    }
    resetIfOverrun()
    if isTaken { hall.count { $0.submits += 1 } }
    return isTaken
  }

  /// One that is too long becomes an error, so that the script does not wait in vain.
  private static func frame(_ submit: OperationSubmit, limit: Int) -> [UInt8] {
    let frame = WireFrame.submit(submit)
    guard frame.count > limit else { return frame }
    let reason = WireText.answerTooLarge(frame.count, limit: limit)
    return WireFrame.submit(OperationSubmit(operation: submit.operation, resumeToken: submit.resumeToken, result: .null, error: reason))
  }
}
