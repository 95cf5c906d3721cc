// SPDX-License-Identifier: Apache-2.0

/// Names a link on its thread.
typealias LinkID = UInt64

/// What other threads ask of the thread that owns the sockets.
enum LinkOrder: Sendable {
  case open(LinkID, LinkTerms, @Sendable (LinkEvent) -> Void, CheckedContinuation<Void, any Error>)
  case send(LinkID, KernelMessage)
  case ready(LinkID, ReadinessWaiter)
  /// The caller of a `ready` was cancelled.
  case giveUp(LinkID, waiter: UInt64)
  case close(LinkID, CheckedContinuation<Void, Never>?)
  case stop(CheckedContinuation<Void, Never>?)
}
