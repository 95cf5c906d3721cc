// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// Passes events on one after the other, in the order they were given, from whatever thread they come.
final class LinkOutlet: Sendable {
  private struct State {
    var waiting: [LinkEvent] = []
    var isPassing = false
    var isClosed = false
  }

  private let sink: @Sendable (LinkEvent) -> Void
  private let state = Mutex(State())

  init(_ sink: @escaping @Sendable (LinkEvent) -> Void) { self.sink = sink }

  func pass(_ event: LinkEvent) {
    let isOurTurn = state.withLock { state in
      guard !state.isClosed else { return false }
      state.waiting.append(event)
      guard !state.isPassing else { return false }
      state.isPassing = true
      return true
    }
    guard isOurTurn else { return }
    while let events = next() {
      for event in events { sink(event) }
      sink(.quiet)
    }
  }

  /// Lets nothing more out.
  func close() {
    state.withLock { state in
      state.isClosed = true
      state.waiting = []
    }
  }

  private func next() -> [LinkEvent]? {
    state.withLock { state in
      guard !state.waiting.isEmpty else {
        state.isPassing = false
        return nil
      }
      defer { state.waiting = [] }
      return state.waiting
    }
  }
}
