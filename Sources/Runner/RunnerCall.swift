// SPDX-License-Identifier: Apache-2.0
import PluginBridge
import Synchronization

/// A call that the plugin answers, as far as this side has to know it.
final class RunnerCall: InstanceCall {
  let id: CallID
  let parentID: CallID
  let deadline: UInt64
  let initialCredit: UInt64
  let commandName: String
  private let state: Mutex<State>

  private struct State {
    var ended: CallStatus?
    var credit: UInt64
    /// The plugin was told there is no credit, and waits to hear of more.
    var starved = false
    var lastProgress: UInt64 = 0
  }

  init(_ frame: Frame) {
    id = frame.call
    parentID = frame.a
    deadline = frame.b
    initialCredit = frame.c
    commandName = frame.name
    state = Mutex(State(credit: frame.c))
  }

  var status: CallStatus { state.withLock { $0.ended ?? .ok } }
  var isOpen: Bool { state.withLock { $0.ended == nil } }

  /// What a plugin hears that does something with a call: ok, or why it no longer makes sense.
  private static func refusal(_ ended: CallStatus) -> CallStatus { ended.isFailure ? ended : .gone }

  /// Returns false when it had ended before.
  func end(_ status: CallStatus) -> Bool {
    state.withLock { state in
      guard state.ended == nil else { return false }
      state.ended = status
      return true
    }
  }

  /// Takes one credit.
  func takeCredit() -> CallStatus {
    state.withLock { state in
      if let ended = state.ended { return Self.refusal(ended) }
      guard state.credit > 0 else {
        state.starved = true
        return .again
      }
      state.credit -= 1
      return .ok
    }
  }

  /// Returns whether the plugin waits to hear of it.
  func add(credit chunks: UInt64) -> Bool {
    state.withLock { state in
      let (sum, overflow) = state.credit.addingReportingOverflow(chunks)
      state.credit = overflow ? .max : sum
      defer { if chunks > 0 { state.starved = false } }
      return state.ended == nil && state.starved && chunks > 0
    }
  }

  /// Says whether progress is to be sent now; the host forwards ten a second, so twenty are enough.
  func progress(at now: UInt64) -> (status: CallStatus, isDue: Bool) {
    state.withLock { state in
      if let ended = state.ended { return (Self.refusal(ended), false) }
      guard now &- state.lastProgress >= 50_000_000 else { return (.ok, false) }
      state.lastProgress = now
      return (.ok, true)
    }
  }
}
