// SPDX-License-Identifier: Apache-2.0

internal import PluginSDK
internal import Synchronization

/// Takes orders to the thread of the links: many at a time, with one wake-up.
final class LinkMailbox: Sendable {
  private struct State {
    var orders: [LinkOrder] = []
    var isClosed = false
    var lastID: UInt64 = 0
  }

  let poller: Poller
  private let state = Mutex(State())

  init() throws { poller = try Poller() }

  /// Hands an order over.
  ///
  /// - Returns: False when the thread has ended: nobody will look at it.
  @discardableResult
  func post(_ order: LinkOrder) -> Bool {
    let (isTaken, isFirst) = state.withLock { state in
      guard !state.isClosed else { return (false, false) }
      state.orders.append(order)
      return (true, state.orders.count == 1)
    }
    if isFirst { poller.wake() }
    return isTaken
  }

  func take() -> [LinkOrder] {
    state.withLock { state in
      defer { state.orders = [] }
      return state.orders
    }
  }

  /// Takes no more orders. Returns those that nobody has looked at.
  func close() -> [LinkOrder] {
    state.withLock { state in
      state.isClosed = true
      defer { state.orders = [] }
      return state.orders
    }
  }

  /// A number nobody else has.
  func nextID() -> UInt64 {
    state.withLock { state in
      state.lastID += 1
      return state.lastID
    }
  }
}
