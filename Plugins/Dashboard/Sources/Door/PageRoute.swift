// SPDX-License-Identifier: Apache-2.0

internal import WebSockets

/// What answers one kind of request: calls, events, panels.
protocol PageRoute: Sendable {
  /// Called on the server's thread; must not wait. Answers once, then or later, on any thread.
  func answer(_ request: PageRequest, with responder: WebResponder)
}
