// SPDX-License-Identifier: Apache-2.0

import Synchronization

@testable import Kernel

/// Keeps all that a link tells, and lets a test wait for something.
final class LinkRecorder: Sendable {
  /// Looks at each event once, in order; true ends the waiting.
  private struct Waiter {
    let matches: (LinkEvent) -> Bool
    let continuation: CheckedContinuation<Void, Never>
  }

  private let state = Mutex<(events: [LinkEvent], waiters: [Waiter])>(([], []))

  var sink: @Sendable (LinkEvent) -> Void { { self.take($0) } }

  var events: [LinkEvent] { state.withLock { $0.events } }

  var messages: [KernelMessage] {
    events.compactMap { if case .message(let message) = $0 { message } else { nil } }
  }

  var refusals: [String] {
    events.compactMap { if case .refused(let reason) = $0 { reason } else { nil } }
  }

  /// How often another process was noticed.
  var restarts: Int { events.count { if case .restarted = $0 { true } else { false } } }

  func take(_ event: LinkEvent) {
    state.withLock { state in
      state.events.append(event)
      state.waiters.removeAll { waiter in
        guard waiter.matches(event) else { return false }
        waiter.continuation.resume()
        return true
      }
    }
  }

  /// Returns when an event came, before or from now on, that satisfies a condition. Each is shown to it once, in order.
  func wait(until matches: @escaping @Sendable (LinkEvent) -> Bool) async {
    await withCheckedContinuation { continuation in
      state.withLock { state in
        if state.events.contains(where: matches) {
          continuation.resume()
        } else {
          state.waiters.append(Waiter(matches: matches, continuation: continuation))
        }
      }
    }
  }

  /// Waits for the first message of a type.
  func message(_ type: String, of request: String? = nil) async -> KernelMessage {
    @Sendable func matches(_ event: LinkEvent) -> Bool {
      guard case .message(let message) = event, message.messageHeader?.type == type else { return false }
      return request == nil || message.parent?.id == request
    }
    await wait(until: matches)
    for case .message(let message) in events where matches(.message(message)) { return message }
    preconditionFailure("what was waited for has come")
  }

  /// Waits for so many messages that belong to a request.
  func messages(_ count: Int, of request: String) async {
    let seen = Mutex(0)
    await wait { event in
      guard case .message(let message) = event, message.parent?.id == request else { return false }
      return seen.withLock {
        $0 += 1
        return $0 == count
      }
    }
  }

  /// Waits until a request is done: reply and idle.
  func done(_ request: String) async {
    let id = Array(request.utf8)
    let seen = Mutex((isIdle: false, isAnswered: false))
    await wait { event in
      guard case .message(let message) = event, message.parentHeader.holds(id) else { return false }
      return seen.withLock {
        if message.channel == .shell { $0.isAnswered = true }
        if message.channel == .iopub, message.content.holds(Array("\"idle\"".utf8)) { $0.isIdle = true }
        return $0.isIdle && $0.isAnswered
      }
    }
  }
}
