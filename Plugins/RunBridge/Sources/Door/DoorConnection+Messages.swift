// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import PluginSDK
internal import Synchronization
internal import WebSockets

extension DoorConnection {
  /// In bytes; what is longer is read on a task, so that the thread that serves all connections goes on.
  private static let mostReadAtOnce = 64 << 10

  /// What the socket tells, on the server's thread.
  func hear(_ event: WebServerEvent) {
    switch event {
    case .message(let message): take(message.bytes)
    case .tooLarge(let size, let beginning):
      state.withLock { $0.hasSpoken = true }
      let reason = WireText.tooLarge(size, limit: hall.settings.messageBytes)
      guard let id = WireIdentity.find(in: beginning) else {
        // Its caller would wait for an answer that cannot reach it.
        hall.log?.warning("client reset: it sent a message over the limit without an id", ["connection": number, "bytes": size])
        return end(reason)
      }
      refuse(id, reason)
    case .closed(let closure): isClosed(closure)
    }
  }

  /// Takes a message; those of a connection are read in their order.
  func take(_ bytes: [UInt8]) {
    let isNow = state.withLock { state in
      state.hasSpoken = true
      if case .leaving = state.phase {
        state.kept.append(bytes)
        return false
      }
      if state.reading == nil, bytes.count <= Self.mostReadAtOnce { return true }
      readLater(bytes, &state)
      return false
    }
    if isNow { read(bytes) }
    resetIfOverrun()
  }

  private func readLater(_ bytes: [UInt8], _ state: inout State) {
    state.backlog.append(bytes)
    state.backlogBytes += bytes.count
    if state.backlogBytes > hall.settings.waitingBytes + hall.settings.messageBytes { state.isOverrun = true }
    if state.reading == nil { state.reading = Task(executorPreference: hall.executor) { [self] in readBacklog() } }
  }

  private func readBacklog() {
    while let bytes = nextOfBacklog() { read(bytes) }
    resetIfOverrun()
  }

  private func nextOfBacklog() -> [UInt8]? {
    state.withLock { state in
      guard !state.backlog.isEmpty else {
        state.reading = nil
        return nil
      }
      let bytes = state.backlog.removeFirst()
      state.backlogBytes -= bytes.count
      return bytes
    }
  }

  private func read(_ bytes: [UInt8]) {
    let message = hall.reader.read(bytes)
    let isKept = state.withLock { state in
      guard case .leaving = state.phase else { return false }
      // Before those that came after it.
      state.kept.insert(bytes, at: 0)
      return true
    }
    if !isKept { act(message, bytes) }
  }

  private func act(_ message: WireMessage, _ bytes: [UInt8]) {
    switch message {
    case .request(let request, let answerBy, let wantsParts): begin(request, answerBy: answerBy, wantsParts: wantsParts, bytes)
    case .cancel(let id): cancel(id)
    case .started(let start): started(start)
    case .updated(let update): hall.partners.operations.updated(update, by: caller)
    case .refused(let id, let reason): refuse(id, reason)
    case .ignored: hall.count { $0.ignored += 1 }
    }
  }

  /// Answers what never became a request.
  func refuse(_ id: JSONValue, _ reason: String) {
    hall.count { $0.refused += 1 }
    state.withLock { state in _ = post(WireFrame.failure(id, reason), &state) }
    resetIfOverrun()
  }

  private func started(_ start: OperationStart) {
    guard hall.rate.take(caller.run) else { return refuse(start) }
    state.withLock { state in
      if let frame = state.sent.announced(start.operation) { _ = send(frame, &state) }
    }
    resetIfOverrun()
    hall.partners.operations.started(start, by: caller)
  }

  /// The one way to tell a script that its operation is not taken.
  private func refuse(_ start: OperationStart) {
    hall.count { $0.refused += 1 }
    let reason = WireText.tooOften(hall.settings.requestsPerSecond)
    let submit = OperationSubmit(
      operation: start.body["operationId"] ?? .null, resumeToken: start.resumeToken, result: .null, error: reason)
    state.withLock { state in _ = send(WireFrame.submit(submit), &state) }
    resetIfOverrun()
  }
}
