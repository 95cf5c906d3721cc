// SPDX-License-Identifier: Apache-2.0
// Calls: start, answer, cancel, expire. Each call is answered to its caller exactly once.
import Synchronization
package import PluginBridge

extension Switchboard {
  /// Starts a command. Never blocks; a failure to start also arrives through `receiver.finished`.
  ///
  /// - Parameter willStart: Runs with the call's id before anything can be delivered to the receiver.
  @discardableResult
  package func call(
    _ request: CallRequest, receiver: any CallReceiver, willStart: (CallID) -> Void = { _ in }
  ) -> CallID {
    let id = calls.nextID()
    willStart(id)
    switch admit(request, id: id, receiver: receiver) {
    case .success(let call):
      // Only now that it is in the table: a parent that is given up meanwhile finds it there, or is found ended here.
      if let ended = call.parent?.adopt(id) {
        fail(call, ended, Self.orphaned(request))
      } else {
        call.command.provider.invoke(call, payload: request.payload, content: request.content)
        if call.deadline != 0, call.status == .ok { watch(deadline: call.deadline) }
      }
    case .failure(let refusal):
      receiver.finished(
        call: id, status: refusal.status, content: .json, payload: CallFailure.payload(refusal.status, refusal.message))
    }
    return id
  }

  private struct Refusal: Error {
    var status: CallStatus
    var message: String
  }

  private func admit(_ request: CallRequest, id: CallID, receiver: any CallReceiver) -> Result<OpenCall, Refusal> {
    let (entry, stopping) = registry.withLock { ($0.commands[request.command], $0.stopping) }
    guard !stopping else {
      return .failure(Refusal(status: .stopping, message: "cannot call '\(request.command)': the host is stopping"))
    }
    guard let entry else { return .failure(unknown(request.command)) }
    guard request.payload.count <= limits.payloadBytes else {
      return .failure(
        Refusal(
          status: .tooLarge,
          message:
            "cannot call '\(request.command)': its arguments take \(request.payload.count) bytes, the limit is \(limits.payloadBytes)"
        ))
    }
    guard calls.openCount < limits.callsInFlight else {
      return .failure(
        Refusal(
          status: .busy,
          message: "cannot call '\(request.command)': \(limits.callsInFlight) calls are open already; try again when some have ended"))
    }
    let parent = request.parent == 0 ? nil : calls[request.parent]
    if let parent {
      if parent.status != .ok {
        return .failure(Refusal(status: parent.status, message: Self.orphaned(request)))
      }
      if parent.isServed(by: entry.provider) {
        return .failure(
          Refusal(
            status: .cycle,
            message: "cannot call '\(request.command)': plugin '\(entry.provider.id)' is waiting for this very call (\(chain(parent)))"))
      }
    }
    let now = MonotonicClock.now()
    let call = OpenCall(
      id: id, command: entry, parent: parent, deadline: deadline(of: request, entry: entry, parent: parent), started: now,
      credit: request.credit, receiver: receiver)
    calls.callOpened()
    calls.insert(call)
    return .success(call)
  }

  private static func orphaned(_ request: CallRequest) -> String {
    "cannot call '\(request.command)': the call it is made for has ended"
  }

  private func deadline(of request: CallRequest, entry: RegisteredCommand, parent: OpenCall?) -> UInt64 {
    var deadline = request.deadline == 0 ? UInt64.max : request.deadline
    if request.deadline == 0, let milliseconds = entry.description.deadlineMilliseconds {
      deadline = MonotonicClock.after(milliseconds: milliseconds)
    }
    if let parent, parent.deadline != 0 { deadline = min(deadline, parent.deadline) }
    return deadline == .max ? 0 : deadline
  }

  private func unknown(_ name: String) -> Refusal {
    let known = registry.withLock { Array($0.commands.keys) }
    let hint = NearMiss.closest(to: name, in: known).map { "; did you mean '\($0)'?" } ?? "; 'jackfield commands' lists them"
    return Refusal(status: .notFound, message: "there is no command '\(name)'\(hint)")
  }

  private func chain(_ call: OpenCall) -> String {
    var names: [String] = []
    var current: OpenCall? = call
    while let link = current {
      names.append(link.command.description.name)
      current = link.parent
    }
    return names.reversed().joined(separator: " → ")
  }

  // MARK: From the answering side

  /// Finds a call that `provider` answers.
  func call(_ id: CallID, of provider: any CommandProvider) -> OpenCall? {
    guard let call = calls[id], call.command.provider === provider else { return nil }
    return call
  }

  /// Delivers one chunk, if there is credit for it.
  package func emit(_ call: OpenCall, content: Content, payload: @autoclosure () -> [UInt8]) -> CallStatus {
    let status: CallStatus = call.state.withLock { state in
      if let ended = state.ended { return ended.isFailure ? ended : .gone }
      guard state.credit > 0 else {
        state.starved = true
        return .again
      }
      state.credit -= 1
      state.deliveries += 1
      return .ok
    }
    guard status == .ok else { return status }
    call.receiver.chunk(call: call.id, content: content, payload: payload())
    call.delivered()
    return .ok
  }

  /// Delivers progress, at most ten times a second a call.
  package func progress(_ call: OpenCall, partsPerMillion: UInt32, note: @autoclosure () -> String) -> CallStatus {
    let now = MonotonicClock.now()
    let (status, due): (CallStatus, Bool) = call.state.withLock { state in
      if let ended = state.ended { return (ended.isFailure ? ended : .gone, false) }
      let due = now &- state.lastProgress >= 100_000_000
      if due {
        state.lastProgress = now
        state.deliveries += 1
      }
      return (.ok, due)
    }
    guard due else { return status }
    call.receiver.progress(call: call.id, partsPerMillion: min(partsPerMillion, 1_000_000), note: note())
    call.delivered()
    return .ok
  }

  /// Ends a call with its answer.
  ///
  /// - Returns: ok, or gone when it had ended before: a late finish.
  package func finish(_ call: OpenCall, status: CallStatus, content: Content, payload: @autoclosure () -> [UInt8]) -> CallStatus {
    guard calls.remove(call.id) != nil, call.end(status) else { return .gone }
    calls.close(call, status: status)
    call.answer(status, content, payload())
    return .ok
  }

  /// Ends a call with a sentence about its failure.
  @discardableResult
  package func fail(_ call: OpenCall, _ status: CallStatus, _ message: String) -> CallStatus {
    finish(call, status: status, content: .json, payload: CallFailure.payload(status, message))
  }

  // MARK: From the calling side

  /// Gives a call up: the caller is answered at once, the provider is told, and so for every call made on its behalf.
  ///
  /// - Returns: false when it had ended.
  @discardableResult
  package func cancel(_ id: CallID, status: CallStatus = .cancelled) -> Bool { calls.cancel(id, status: status) }

  /// Allows the provider to emit `chunks` more. Returns false when the call has ended.
  @discardableResult
  package func grant(_ id: CallID, chunks: UInt64) -> Bool {
    guard let call = calls[id] else { return false }
    let (open, starved): (Bool, Bool) = call.state.withLock { state in
      guard state.ended == nil else { return (false, false) }
      let (sum, overflow) = state.credit.addingReportingOverflow(chunks)
      state.credit = overflow ? .max : sum
      let (all, isTooMuch) = state.granted.addingReportingOverflow(chunks)
      state.granted = isTooMuch ? .max : all
      defer { if chunks > 0 { state.starved = false } }
      return (true, state.starved && chunks > 0)
    }
    if open, chunks > 0 { call.command.provider.granted(call, chunks: chunks, wasStarved: starved) }
    return open
  }

  /// Ends every open call of a provider that is no more, and forgets what it never finished.
  package func abandonCalls(of provider: any CommandProvider, _ status: CallStatus, _ message: String) {
    for call in calls.all() where call.command.provider === provider {
      if fail(call, status, message) == .gone { _ = calls.remove(call.id) }
    }
  }

  /// Gives up every open call of a provider that is about to stop, and tells it.
  package func cancelCalls(of provider: any CommandProvider, _ status: CallStatus) {
    for call in calls.all() where call.command.provider === provider { cancel(call.id, status: status) }
  }

  /// Calls whose caller waits, by the id of the plugin that answers.
  package func openCallsByPlugin() -> [String: Int] {
    Dictionary(calls.all().filter(\.isOpen).map { ($0.command.provider.id, 1) }, uniquingKeysWith: +)
  }

  package var openCalls: Int { calls.openCount }
}
