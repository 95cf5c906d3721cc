// SPDX-License-Identifier: Apache-2.0

public import PluginSDK

/// A call the plugin made, as the test answers it.
public final class ScriptedCall: Sendable {
  struct State: Sendable {
    var credit: UInt64
    var hasEnded = false
    var task: Task<Void, Never>?
    var timer: Task<Void, Never>?
  }

  /// The call's number in the record.
  public let id: UInt64
  /// The command asked for.
  public let command: String
  /// The input as it came.
  public let input: Payload
  /// The call on whose behalf it was made; 0 if none.
  public let parent: UInt64
  /// When the plugin stops waiting, on CLOCK_MONOTONIC in nanoseconds; 0 is never.
  public let deadline: UInt64
  let state: Observed<State>
  private unowned let host: TestHost  // A call is used while its host lives; the host keeps it.

  init(id: UInt64, command: String, input: Payload, parent: UInt64, deadline: UInt64, credit: UInt64, host: TestHost) {
    self.id = id
    self.command = command
    self.input = input
    self.parent = parent
    self.deadline = deadline
    self.host = host
    state = Observed(State(credit: credit))
  }

  /// Sends a chunk when the plugin has granted one; returns without sending when the call has ended.
  public func emit(_ json: String, within timeout: Duration = .seconds(30)) async throws {
    let mayEmit = try await state.wait(for: "credit for '\(command)'", within: timeout) { state -> Bool? in
      if state.hasEnded { return false }
      guard state.credit > 0 else { return nil }
      state.credit -= 1
      return true
    }
    if mayEmit { host.send(.chunk(id, Payload(bytes: Array(json.utf8)))) }
  }

  /// Tells how far it has come.
  public func progress(_ partsPerMillion: UInt32, _ note: String = "") { host.send(.progress(id, partsPerMillion, note)) }

  /// Waits until the plugin has given the call up, or it has ended otherwise.
  public func ended(within timeout: Duration = .seconds(30)) async throws {
    try await state.wait(for: "the end of '\(command)'", within: timeout) { $0.hasEnded ? () : nil }
  }

  /// How many chunks may be sent now.
  public var credit: UInt64 { state.read { $0.credit } }

  // MARK: What the host does

  /// Ends the call; `false` when it had ended.
  func end() -> Bool {
    let (isFirst, tasks) = state.change { state in
      defer { state.hasEnded = true }
      return (!state.hasEnded, [state.task, state.timer])
    }
    if isFirst { for task in tasks { task?.cancel() } }
    return isFirst
  }

  func grant(_ chunks: UInt64) {
    state.change { state in
      state.credit = state.credit.addingReportingOverflow(chunks).overflow ? .max : state.credit + chunks
    }
  }
}
