// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import Synchronization

extension DoorConnection {
  private enum Admission {
    case begun(UInt64)
    /// It is kept for the next host, or there is nobody to be answered.
    case notBegun
    case refused(String)
  }

  /// Begins a request in a task of its own, or answers why not.
  func begin(_ request: BridgeRequest, answerBy: ContinuousClock.Instant?, wantsParts: Bool, _ bytes: [UInt8]) {
    let id = request.id ?? .null
    hall.count { $0.requests += 1 }
    guard hall.rate.take(caller.run) else { return refuse(id, WireText.tooOften(hall.settings.requestsPerSecond)) }
    let limit = request.params["timeout"]?.doubleValue
    let open = OpenRequest(id: id, type: request.type, limit: limit, wantsParts: wantsParts, size: bytes.count)
    switch state.withLock({ admit(open, bytes, &$0) }) {
    case .notBegun: break
    case .refused(let reason): refuse(id, reason)
    case .begun(let serial):
      if let answerBy { hall.clock.add(key(serial), at: answerBy) { [self] in isOverdue(serial) } }
      run(request, serial)
    }
  }

  private func key(_ serial: UInt64) -> DoorClock.Key { DoorClock.Key(connection: number, request: serial) }

  private func admit(_ request: OpenRequest, _ bytes: [UInt8], _ state: inout State) -> Admission {
    switch state.phase {
    case .leaving:
      state.kept.append(bytes)
      return .notBegun
    case .ending(let reason): return .refused(reason)
    case .over: return .notBegun
    case .open: break
    }
    guard state.open.count < hall.settings.openRequests else { return .refused(WireText.tooManyOpen(hall.settings.openRequests)) }
    guard state.open.isEmpty || state.openBytes + request.size <= hall.settings.waitingBytes else {
      return .refused(WireText.tooMuchOpen(hall.settings.waitingBytes))
    }
    state.openBytes += request.size
    state.lastRequest += 1
    state.requests += 1
    state.open[state.lastRequest] = request
    return .begun(state.lastRequest)
  }

  private func run(_ request: BridgeRequest, _ serial: UInt64) {
    // It begins here and now, which saves a short one two changes of thread, and goes on on the executor's at its first wait.
    let task = Task.immediateDetached(executorPreference: hall.executor) { [self] in
      do {
        let result = try await hall.partners.answering.answer(request, from: caller) { [self] in tell($0, of: serial) }
        answer(serial, result)
      } catch {
        fail(serial, Self.reason(error))
      }
    }
    let isOpen = state.withLock { state in
      state.open[serial]?.task = task
      return state.open[serial] != nil
    }
    // It was answered in between: by its own task, for which this changes nothing, or by another, which had no task to cancel, and perhaps
    // found no time to take back.
    guard !isOpen else { return }
    hall.clock.remove(key(serial))
    task.cancel()
  }

  private static func reason(_ error: any Error) -> String {
    switch error {
    case let failure as RequestFailure: failure.message
    case is CancellationError: WireText.cancelled
    default: "\(error)"
    }
  }

  /// Sends what is there before the answer, to those who asked for it.
  private func tell(_ part: JSONValue, of serial: UInt64) {
    state.withLock { state in
      guard let request = state.open[serial], request.wantsParts else { return }
      post(WireFrame.part(request.id, part), &state)
    }
    resetIfOverrun()
  }

  // MARK: - Answers

  private func answer(_ serial: UInt64, _ result: JSONValue) {
    guard let id = state.withLock({ $0.open[serial]?.id }) else { return }
    let frame = WireFrame.answer(id, result)
    let limit = hall.settings.messageBytes
    guard frame.count <= limit else { return fail(serial, WireText.answerTooLarge(frame.count, limit: limit)) }
    finish(serial, frame) { $0.answered += 1 }
  }

  private func fail(_ serial: UInt64, _ reason: String) {
    guard let id = state.withLock({ $0.open[serial]?.id }) else { return }
    finish(serial, WireFrame.failure(id, reason)) { $0.failed += 1 }
  }

  /// Answers a request, unless it was before; then what was held for it.
  ///
  /// - Returns: What was open.
  @discardableResult private func finish(
    _ serial: UInt64, _ frame: [UInt8], _ count: (inout DoorCounters) -> Void
  ) -> OpenRequest? {
    let request = state.withLock { state -> OpenRequest? in
      guard let request = state.open.removeValue(forKey: serial) else { return nil }
      state.openBytes -= request.size
      hall.count(count)
      post(frame, &state)
      release(&state)
      return request
    }
    hall.clock.remove(key(serial))
    resetIfOverrun()
    return request
  }

  /// The caller's time is over.
  private func isOverdue(_ serial: UInt64) {
    guard let request = state.withLock({ $0.open[serial] }) else { return }
    let reason = WireText.timeout(request.type, limit: request.limit)
    finish(serial, WireFrame.failure(request.id, reason)) { $0.timedOut += 1 }?.task?.cancel()
  }

  /// The caller gives up.
  func cancel(_ id: JSONValue) {
    let serials = state.withLock { state in state.open.filter { $0.value.id == id }.map(\.key) }
    if serials.isEmpty { hall.count { $0.ignored += 1 } }
    for serial in serials { end(serial, WireText.cancelled) }
  }

  /// Answers all that is open with one reason, and cancels it.
  func endRequests(_ reason: String) {
    for serial in state.withLock({ $0.open.keys.sorted() }) { end(serial, reason) }
  }

  private func end(_ serial: UInt64, _ reason: String) {
    guard let id = state.withLock({ $0.open[serial]?.id }) else { return }
    finish(serial, WireFrame.failure(id, reason)) { $0.cancelled += 1 }?.task?.cancel()
  }

  /// Cancels all that is open, when there is nobody left to be answered.
  func dropRequests() {
    let open = state.withLock { state in
      defer { state.open = [:] }
      return state.open
    }
    for (serial, request) in open {
      hall.clock.remove(key(serial))
      request.task?.cancel()
    }
  }
}
