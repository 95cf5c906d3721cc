// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// A call the host asked for: answered exactly once.
final class IncomingCall: Sendable {
  private struct State {
    var isFinished = false
    var cancelStatus: PluginFailure.Status?
    var task: UInt64?
  }

  let id: CallID
  let command: String
  let deadline: UInt64
  private let connection: HostConnection
  private let credit = Turnstile()
  private let state = Mutex(State())

  init(id: CallID, command: String, deadline: UInt64, connection: HostConnection) {
    self.id = id
    self.command = command
    self.deadline = deadline
    self.connection = connection
  }

  var isCancelled: Bool {
    state.withLock { $0.cancelStatus != nil } || Task.isCancelled || connection.state(of: id) != .ok
  }

  /// What the caller is told when the work ends by cancellation.
  private var cancelStatus: PluginFailure.Status { state.withLock { $0.cancelStatus } ?? .cancelled }

  func emit(_ chunk: Payload) async throws {
    while true {
      try Task.checkCancellation()
      let seen = credit.signals
      let status = connection.emit(id, chunk)
      switch status {
      case .ok: return
      case .again:
        try HostThread.requireAnswers(to: "wait for credit of '\(command)'")
        try await credit.wait(after: seen)
      case .cancelled, .deadline: throw CancellationError()
      default: throw PluginFailure("cannot emit a chunk of '\(command)': \(reason(of: status, chunk))", status: status)
      }
    }
  }

  /// Emits if there is credit; whoever is refused waits with `emit`.
  func tryEmit(_ chunk: Payload) -> Bool { connection.emit(id, chunk) == .ok }

  private func reason(of status: PluginFailure.Status, _ chunk: Payload) -> String {
    switch status {
    case .gone: "the call has ended; emit before the command returns"
    case .tooLarge: "\(chunk.bytes.count) bytes are over the host's limit; send smaller chunks"
    case .invalid: "it is not valid \(chunk.content.name)"
    default: "the host answered '\(status)'"
    }
  }

  func progress(_ partsPerMillion: UInt32, _ note: String) {
    _ = connection.progress(id, partsPerMillion, note.prefix(utf8Bytes: 4 << 10))
  }

  func addCredit() { credit.signal() }

  /// Names the task that does the work.
  ///
  /// - Returns: Whether the call was cancelled before, so that the task must be cancelled by the caller.
  func setTask(_ task: UInt64) -> Bool {
    state.withLock { state in
      state.task = task
      return state.cancelStatus != nil
    }
  }

  /// Notes that the caller gave up.
  ///
  /// - Returns: The task to cancel, if it is known already.
  func cancel(_ status: PluginFailure.Status) -> UInt64? {
    state.withLock { state in
      state.cancelStatus = state.cancelStatus ?? status
      return state.task
    }
  }

  /// Fails whoever waits for credit: the plugin stops and no credit can come.
  func stopWaiting() {
    credit.close(with: PluginFailure("gave up '\(command)': the plugin is stopping", status: .stopping))
  }

  /// Answers; every answer after the first is dropped.
  @discardableResult
  func finish(_ outcome: Result<Payload, any Error>) -> PluginFailure.Status {
    let isFirst = state.withLock { state in
      defer { state.isFinished = true }
      return !state.isFinished
    }
    guard isFirst else { return .gone }
    switch outcome {
    case .success(let payload): return connection.finish(id, .ok, payload)
    case .failure(let error):
      let failure = failure(from: error)
      return connection.finish(id, failure.status.isFailure ? failure.status : .failed, failure.payload)
    }
  }

  private func failure(from error: any Error) -> PluginFailure {
    switch error {
    case let failure as PluginFailure: return failure
    case is CancellationError:
      let reason = cancelStatus == .deadline ? "its deadline passed" : "it was cancelled"
      return PluginFailure("gave up '\(command)': \(reason)", status: cancelStatus)
    default: return PluginFailure("\(error)")
    }
  }
}
