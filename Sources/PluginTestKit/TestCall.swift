// SPDX-License-Identifier: Apache-2.0

public import PluginSDK

/// A call a test has made and that may still run.
public final class TestCall: Sendable {
  struct State: Sendable {
    var credit: UInt64
    var wantsCredit = false
    var ended: PluginFailure.Status?
    var answer = Answer(status: .pending, payload: Payload(bytes: []))
    var taken = 0
  }

  /// The call's number in the record.
  public let id: UInt64
  /// The command it asks for.
  public let command: String
  let input: Payload
  let state: Observed<State>
  private unowned let host: TestHost  // A call is used while its host lives; the host keeps it.

  init(id: UInt64, command: String, input: Payload, credit: UInt64, host: TestHost) {
    self.id = id
    self.command = command
    self.input = input
    self.host = host
    state = Observed(State(credit: credit))
  }

  /// Waits for the end.
  public func answer(within timeout: Duration = .seconds(30)) async throws -> Answer {
    try await state.wait(for: "the answer of '\(command)'", within: timeout) { $0.ended == nil ? nil : $0.answer }
  }

  /// Waits for the next chunk not yet taken.
  public func nextChunk(within timeout: Duration = .seconds(30)) async throws -> Payload {
    try await state.wait(for: "a chunk of '\(command)'", within: timeout) { state in
      guard state.taken < state.answer.chunks.count else { return nil }
      defer { state.taken += 1 }
      return state.answer.chunks[state.taken]
    }
  }

  /// Waits until progress has been told.
  public func nextProgress(within timeout: Duration = .seconds(30)) async throws -> Answer.Progress {
    try await state.wait(for: "progress of '\(command)'", within: timeout) { $0.answer.progress.last }
  }

  /// Waits until the plugin has found no credit left.
  public func outOfCredit(within timeout: Duration = .seconds(30)) async throws {
    try await state.wait(for: "'\(command)' to use up its credit", within: timeout) { $0.wantsCredit ? () : nil }
  }

  /// Allows more chunks.
  public func grant(_ chunks: UInt64) {
    state.change { state in
      state.credit = state.credit.addingReportingOverflow(chunks).overflow ? .max : state.credit + chunks
      state.wantsCredit = false
    }
    host.send(.credit(id, chunks))
  }

  /// Gives the call up: it ends at once, and the plugin is told.
  public func cancel() { host.giveUp(self, .cancelled) }

  // MARK: What the plugin does

  func emit(_ chunk: Payload) -> PluginFailure.Status {
    guard chunk.isWhatItSays || chunk == input else { return .invalid }
    return state.change { state in
      if let ended = state.ended { return ended.whenLate }
      guard state.credit > 0 else {
        state.wantsCredit = true
        return .again
      }
      state.credit -= 1
      state.answer.chunks.append(chunk)
      return .ok
    }
  }

  func progress(_ progress: Answer.Progress) -> PluginFailure.Status {
    state.change { state in
      if let ended = state.ended { return ended.whenLate }
      state.answer.progress.append(progress)
      return .ok
    }
  }

  /// Ends the call; `false` when it had ended.
  @discardableResult
  func finish(_ status: PluginFailure.Status, _ payload: Payload) -> Bool {
    state.change { state in
      guard state.ended == nil else { return false }
      state.ended = status
      state.answer.status = status
      state.answer.payload = payload
      return true
    }
  }

  var callState: PluginFailure.Status { state.read { $0.ended?.whenLate ?? .ok } }
  var hasEnded: Bool { state.read { $0.ended != nil } }
}

extension PluginFailure.Status {
  /// What a plugin hears of a call that ended this way.
  fileprivate var whenLate: PluginFailure.Status { self == .cancelled || self == .deadline ? self : .gone }
}
