// SPDX-License-Identifier: Apache-2.0
import Synchronization
package import PluginBridge

/// One call from its start until both sides are done with it.
package final class OpenCall: Sendable {
  package let id: CallID
  package let command: RegisteredCommand
  package let parent: OpenCall?
  /// Absolute, CLOCK_MONOTONIC, in nanoseconds; 0 is none.
  package let deadline: UInt64
  package let started: UInt64
  package let initialCredit: UInt64
  let receiver: any CallReceiver
  let state: Mutex<State>

  struct State {
    /// nil while the caller waits; then what the caller was told.
    var ended: CallStatus?
    var credit: UInt64
    /// All credit there ever was; and as much of it as a provider in another process was told of, nil before that knows the call.
    var granted: UInt64
    var told: UInt64?
    /// The provider was told there is no credit, and waits to hear of more.
    var starved = false
    var lastProgress: UInt64 = 0
    /// Calls made on behalf of this one, to be given up with it.
    var children: [CallID] = []
    /// Chunks and progress being handed to the receiver at the moment.
    var deliveries = 0
    /// The answer, while it waits for those.
    var answer: Answer?
  }

  struct Answer {
    var status: CallStatus
    var content: Content
    var payload: [UInt8]
  }

  init(
    id: CallID, command: RegisteredCommand, parent: OpenCall?, deadline: UInt64, started: UInt64, credit: UInt64, receiver: any CallReceiver
  ) {
    self.id = id
    self.command = command
    self.parent = parent
    self.deadline = deadline
    self.started = started
    initialCredit = credit
    self.receiver = receiver
    state = Mutex(State(credit: credit, granted: credit))
  }

  /// ok while the caller waits; else what the caller was told.
  package var status: CallStatus { state.withLock { $0.ended ?? .ok } }

  /// Whether the caller still waits.
  package var isOpen: Bool { state.withLock { $0.ended == nil } }

  /// Marks the call as ended. Returns false when it was ended before.
  func end(_ status: CallStatus) -> Bool {
    state.withLock { state in
      guard state.ended == nil else { return false }
      state.ended = status
      return true
    }
  }

  /// Tells another process of the call, with all credit until now. What is granted meanwhile is told behind it.
  func begin(_ tell: (UInt64) -> Void) {
    state.withLock { state in
      tell(state.granted)
      state.told = state.granted
    }
  }

  /// Tells another process of the credit that it does not know of, if it knows the call.
  func tellCredit(_ tell: (UInt64) -> Void) {
    state.withLock { state in
      guard let told = state.told, told < state.granted else { return }
      tell(state.granted - told)
      state.told = state.granted
    }
  }

  /// Notes a call made on behalf of this one. Returns why not, when this one was given up or has failed.
  func adopt(_ child: CallID) -> CallStatus? {
    state.withLock { state in
      if let ended = state.ended, ended.isFailure { return ended }
      state.children.append(child)
      return nil
    }
  }

  /// Answers the caller, behind what is being delivered. To be called once, by whoever ended the call.
  func answer(_ status: CallStatus, _ content: Content, _ payload: [UInt8]) {
    let waits = state.withLock { state in
      guard state.deliveries > 0 else { return false }
      state.answer = Answer(status: status, content: content, payload: payload)
      return true
    }
    if !waits { receiver.finished(call: id, status: status, content: content, payload: payload) }
  }

  /// Ends a delivery that was counted in `deliveries`; the last one brings the answer that waited for it.
  func delivered() {
    let answer = state.withLock { state in
      state.deliveries -= 1
      return state.deliveries == 0 ? state.answer.take() : nil
    }
    if let answer { receiver.finished(call: id, status: answer.status, content: answer.content, payload: answer.payload) }
  }

  /// Whether this call or one it is made for is being answered by `provider`.
  func isServed(by provider: any CommandProvider) -> Bool {
    var call: OpenCall? = self
    while let current = call {
      if current.command.provider === provider { return true }
      call = current.parent
    }
    return false
  }
}
