// SPDX-License-Identifier: Apache-2.0

internal import PluginSDK
internal import Synchronization
internal import ZeroMQ

/// The sockets of a kernel as front ends see it, on a thread of their own: what comes in is checked and handed on, what goes out is signed.
///
/// A front end's sockets connect in any order. One that asks before its subscription is here would miss the answer on iopub and wait for
/// ever, so requests wait for the first subscription.
final class ProxyDoor: Sendable {
  private enum Order: Sendable {
    case send(KernelMessage, to: [[UInt8]])
    case publish(KernelMessage)
  }

  private struct State {
    var orders: [Order] = []
    var isClosed = false
  }

  private let poller: Poller
  private let state = Mutex(State())
  private let session: String

  /// Binds the addresses of a connection file, and begins.
  ///
  /// - Parameters:
  ///   - session: Of the messages that this host makes itself.
  ///   - patience: How long requests wait at most for a subscription: some front ends hear nothing of iopub on purpose.
  ///   - receive: Called on the door's thread for each message of a front end; must not block.
  init(
    _ connection: ConnectionInfo, session: String, patience: Duration, receive: @escaping @Sendable (ProxyRequest) -> Void,
    refused: @escaping @Sendable (String) -> Void
  ) async throws {
    self.session = session
    let poller = try Poller()
    self.poller = poller
    try await withCheckedThrowingContinuation { (began: CheckedContinuation<Void, any Error>) in
      let thread = OwnedThread.start(name: "jf-proxy") { [self] in
        do {
          let sockets = try ProxySockets(connection, poller: poller)
          began.resume()
          run(sockets, EarlyRequests(patience: patience), receive, refused)
        } catch {
          began.resume(throwing: error)
        }
      }
      guard let thread else {
        return began.resume(
          throwing: PluginFailure("cannot start the thread 'jf-proxy': the system has none to give; raise the limit of processes"))
      }
      thread.detach()
    }
  }

  /// Sends a message to a front end, on its channel.
  func send(_ message: KernelMessage, to receiver: [[UInt8]]) { post(.send(message, to: receiver)) }

  /// Sends a message to all front ends, on iopub.
  func publish(_ message: KernelMessage) { post(.publish(message)) }

  /// Sends what is waiting, and ends the thread.
  func close() {
    state.withLock { $0.isClosed = true }
    poller.wake()
  }

  private func post(_ order: Order) {
    let isFirst = state.withLock { state in
      state.orders.append(order)
      return state.orders.count == 1
    }
    if isFirst { poller.wake() }
  }

  // MARK: - The thread

  private func run(
    _ sockets: ProxySockets, _ early: consuming EarlyRequests, _ receive: @Sendable (ProxyRequest) -> Void,
    _ refused: @Sendable (String) -> Void
  ) {
    var ready: [UInt64] = []
    var early = early
    while true {
      let (orders, isClosed) = state.withLock { state in
        defer { state.orders = [] }
        return (state.orders, state.isClosed)
      }
      for order in orders { follow(order, sockets, refused) }
      // A send may swallow the news that something came, so all are read until there is nothing.
      let isBusy = sockets.read(session: session, { early.take($0, now: .now) }, refused)
      for request in early.due(isHeard: sockets.isHeard, now: .now) { receive(request) }
      if isClosed { return }
      if !isBusy { _ = poller.wait(milliseconds: early.milliseconds(now: .now), ready: &ready) }
    }
  }

  private func follow(_ order: Order, _ sockets: ProxySockets, _ refused: @Sendable (String) -> Void) {
    do {
      switch order {
      case .send(let message, let receiver): try sockets.send(message, to: receiver)
      case .publish(let message): try sockets.publish(message)
      }
    } catch {
      refused("cannot send to a front end: \(error)")
    }
  }
}
