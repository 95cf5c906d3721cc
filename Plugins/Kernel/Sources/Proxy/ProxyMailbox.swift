// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// Takes the kernel's messages to a proxy's thread.
final class ProxyMailbox: Sendable {
  private struct State {
    var messages: [KernelMessage] = []
    var isClosing = false
    var hasEnded = false
    var closers: [CheckedContinuation<Void, Never>] = []
  }

  let poller: Poller
  private let state = Mutex(State())

  init() throws { poller = try Poller() }

  func post(_ message: KernelMessage) {
    let isFirst = state.withLock { state in
      guard !state.isClosing else { return false }
      state.messages.append(message)
      return state.messages.count == 1
    }
    if isFirst { poller.wake() }
  }

  func close(_ closer: CheckedContinuation<Void, Never>?) {
    let hasEnded = state.withLock { state in
      state.isClosing = true
      if let closer, !state.hasEnded { state.closers.append(closer) }
      return state.hasEnded
    }
    if hasEnded { closer?.resume() } else { poller.wake() }
  }

  /// What was posted, and whether it is the last.
  func take() -> (messages: [KernelMessage], isLast: Bool) {
    state.withLock { state in
      defer { state.messages = [] }
      return (state.messages, state.isClosing)
    }
  }

  /// Tells those who wait for the end.
  func ended() {
    let closers = state.withLock { state in
      state.hasEnded = true
      defer { state.closers = [] }
      return state.closers
    }
    for closer in closers { closer.resume() }
  }
}
