// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// The calls an instance has made and waits for.
///
/// The host may deliver an answer before the function that started the call has returned its id. While any call is being started, what
/// arrives for an unknown id is kept, and adopted by the call that turns out to have it.
final class OutgoingCalls: Sendable {
  /// What arrives for a call; `done` is the last.
  enum Arrival: Sendable {
    case chunk(Payload)
    case progress(Double, String)
    case done(PluginFailure.Status, Payload)
  }

  struct Request: Sendable {
    var command: String
    var input: Payload
    var timeout: Duration?
    var parent: CallID = 0
    var onChunk: (@Sendable (Payload) async throws -> Void)?
    var onProgress: (@Sendable (Double, String) -> Void)?
  }

  private typealias Inbox = AsyncStream<Arrival>.Continuation

  private struct State {
    var inboxes: [CallID: Inbox] = [:]
    var early: [CallID: [Arrival]] = [:]
    var starting = 0
    var isClosed = false
  }

  /// How many chunks may be under way to a handler.
  private static let window: UInt64 = 16

  private let connection: HostConnection
  private let state = Mutex(State())

  init(connection: HostConnection) { self.connection = connection }

  /// Makes a call and waits for its end. Handlers run in the caller's task, in order, and have ended when this returns.
  func call(_ request: Request) async throws -> Payload {
    try HostThread.requireAnswers(to: "call '\(request.command)'")
    try Task.checkCancellation()
    let (arrivals, inbox) = AsyncStream.makeStream(of: Arrival.self)
    let call = try start(request, inbox)
    var isDone = false
    defer { if !isDone { abandon(call) } }
    for await arrival in arrivals {
      switch arrival {
      case .chunk(let payload):
        guard let onChunk = request.onChunk else { continue }
        try await onChunk(payload)
        connection.grant(call, 1)
      case .progress(let fraction, let note): request.onProgress?(fraction, note)
      case .done(let status, let payload):
        isDone = true
        guard status.isFailure else { return payload }
        throw PluginFailure(status: status, payload: payload, of: request.command)
      }
    }
    try Task.checkCancellation()
    throw stopping(request.command)
  }

  private func start(_ request: Request, _ inbox: Inbox) throws(PluginFailure) -> CallID {
    let isClosed = state.withLock { state in
      if !state.isClosed { state.starting += 1 }
      return state.isClosed
    }
    guard !isClosed else { throw stopping(request.command) }
    let (status, call) = connection.startCall(
      request.command, request.input, parent: request.parent, deadline: request.timeout.map(MonotonicClock.after) ?? 0,
      credit: request.onChunk == nil ? UInt64(UInt32.max) : Self.window)
    adopt(status.isFailure ? nil : call, inbox)
    if status.isFailure { throw refusal(status, request) }
    return call
  }

  /// Ends a start: what came early for the call goes to its inbox first.
  private func adopt(_ call: CallID?, _ inbox: Inbox) {
    state.withLock { state in
      state.starting -= 1
      if let call {
        let early = state.early.removeValue(forKey: call) ?? []
        for arrival in early { inbox.yield(arrival) }
        if case .done? = early.last {
          inbox.finish()
        } else if state.isClosed {
          inbox.finish()
        } else {
          state.inboxes[call] = inbox
        }
      }
      if state.starting == 0 { state.early = [:] }
    }
  }

  /// Takes what the host delivers, on any thread.
  func deliver(_ arrival: Arrival, to call: CallID) {
    state.withLock { state in
      guard let inbox = state.inboxes[call] else {
        if state.starting > 0 { state.early[call, default: []].append(arrival) }
        return
      }
      inbox.yield(arrival)
      guard case .done = arrival else { return }
      inbox.finish()
      state.inboxes[call] = nil
    }
  }

  private func abandon(_ call: CallID) {
    state.withLock { $0.inboxes[call] = nil }
    connection.cancel(call)
  }

  /// Fails every call, now and later: the plugin stops and no answer can come.
  func close() {
    let inboxes = state.withLock { state in
      state.isClosed = true
      defer { state.inboxes = [:] }
      return state.inboxes
    }
    for inbox in inboxes.values { inbox.finish() }
  }

  private func stopping(_ command: String) -> PluginFailure {
    PluginFailure("gave up calling '\(command)': the plugin is stopping", status: .stopping)
  }

  private func refusal(_ status: PluginFailure.Status, _ request: Request) -> PluginFailure {
    let reason =
      switch status {
      case .notFound: "no plugin offers it; look at the list of commands, or require its plugin in plugin.json"
      case .cycle: "it would lead back into a plugin that waits for it; answer first, or call from a task of its own"
      case .busy: "too many calls at once; try again when some have ended"
      case .tooLarge: "an input of \(request.input.bytes.count) bytes is over the host's limit; send less, or where to find it"
      case .invalid: "the host finds the request invalid; check the name and that the input is \(request.input.content.name)"
      case .denied: "it is not permitted; look at the permissions in plugin.json"
      case .stopping, .gone: "the host is going down"
      default: "the host answered '\(status)'"
      }
    return PluginFailure("cannot call '\(request.command)': \(reason)", retryable: status == .busy, status: status)
  }
}
