// SPDX-License-Identifier: Apache-2.0

import Synchronization

@testable import Kernel

/// Keeps all that a link tells, and lets a test wait for something.
final class LinkRecorder: Sendable {
  private struct Waiter {
    let matches: @Sendable ([LinkEvent]) -> Bool
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
      guard !state.waiters.isEmpty else { return }
      let events = state.events
      state.waiters.removeAll { waiter in
        guard waiter.matches(events) else { return false }
        waiter.continuation.resume()
        return true
      }
    }
  }

  /// Returns when what came so far satisfies a condition.
  func wait(until matches: @escaping @Sendable ([LinkEvent]) -> Bool) async {
    await withCheckedContinuation { continuation in
      state.withLock { state in
        if matches(state.events) {
          continuation.resume()
        } else {
          state.waiters.append(Waiter(matches: matches, continuation: continuation))
        }
      }
    }
  }

  /// Waits for a message.
  func message(_ type: String, of request: String? = nil, number: Int = 0) async -> KernelMessage {
    @Sendable func found(_ events: [LinkEvent]) -> [KernelMessage] {
      events.compactMap { event in
        guard case .message(let message) = event, message.messageHeader?.type == type else { return nil }
        return request == nil || message.parent?.id == request ? message : nil
      }
    }
    await wait { found($0).count > number }
    return found(events)[number]
  }

  /// Waits until a request is done: reply and idle.
  func done(_ request: String) async {
    await wait { events in
      var (isIdle, isAnswered) = (false, false)
      for case .message(let message) in events.reversed() where message.parent?.id == request {
        if message.messageHeader?.type.hasSuffix("_reply") == true { isAnswered = true }
        if message.messageHeader?.type == "status", message.content.holds(Array("\"idle\"".utf8)) { isIdle = true }
        if isIdle && isAnswered { return true }
      }
      return false
    }
  }
}
