// SPDX-License-Identifier: Apache-2.0

internal import PluginSDK
internal import ZeroMQ

/// What is known of a connection's state, and what of it is told.
struct LinkHealth {
  private let terms: LinkTerms
  private var wasConnected = false
  private var isBroken = false
  private var isHeartMissing = false
  private var isLost = false
  private var lastRefusal: String?
  private var wasRefused = false
  /// When a broken connection means that the kernel is lost.
  private(set) var lossDeadline: ContinuousClock.Instant?

  init(_ terms: LinkTerms) { self.terms = terms }

  private var place: String { terms.connection.endpoint(of: .iopub) }

  /// Takes an event of the socket's connection.
  mutating func saw(_ kind: ZeroMQMonitorEvent.Kind, now: ContinuousClock.Instant) -> LinkEvent? {
    switch kind {
    case .ready: return connected()
    case .disconnected: return broke(now: now)
    case .refused:
      defer { wasRefused = true }
      return wasRefused ? nil : .refused("the kernel at '\(place)' refused the connection: its keys are others, or it is no kernel")
    case .retried: return nil
    }
  }

  private mutating func connected() -> LinkEvent? {
    wasConnected = true
    lossDeadline = nil
    isLost = false
    guard isBroken else { return nil }
    isBroken = false
    return isHeartMissing ? nil : .reconnected
  }

  private mutating func broke(now: ContinuousClock.Instant) -> LinkEvent? {
    guard wasConnected, !isBroken else { return nil }
    isBroken = true
    if terms.isAttached { lossDeadline = now + terms.lossLimit }
    return isHeartMissing ? nil : .disconnected("the connection to the kernel at '\(place)' broke")
  }

  /// Takes the state of the heartbeat.
  mutating func heart(isMissing: Bool, now: ContinuousClock.Instant) -> LinkEvent? {
    guard isMissing != isHeartMissing else { return nil }
    isHeartMissing = isMissing
    guard !isBroken, !isLost else { return nil }
    return isMissing
      ? .disconnected("the kernel at '\(place)' missed \(Heartbeat.missesToTell) heartbeats; it may be stopped, or very busy")
      : .reconnected
  }

  /// Does what is due.
  mutating func act(now: ContinuousClock.Instant) -> LinkEvent? {
    guard let deadline = lossDeadline, deadline <= now else { return nil }
    lossDeadline = nil
    isLost = true
    return .lost("the kernel at '\(place)' is gone: nobody has listened there for \(terms.lossLimit.inWords)")
  }

  mutating func refused(_ reason: String) { lastRefusal = reason }

  /// Why a kernel did not become ready.
  func notReady(after limit: Duration, hasReplied: Bool) -> PluginFailure {
    let reason =
      if let lastRefusal {
        "what it sent could not be taken (\(lastRefusal)); check the key of the connection file"
      } else if wasRefused {
        "it refused the connection; check the keys of the connection file"
      } else if !wasConnected {
        "nobody listens there; the kernel has not started, or has ended"
      } else if hasReplied {
        "it answers, but what it publishes does not come"
      } else {
        "it is connected, and says nothing; it may be stopped, or no kernel"
      }
    return PluginFailure(
      "the kernel at '\(place)' was not ready within \(limit.inWords): \(reason)", code: "kernel_not_ready", retryable: true,
      status: .deadline)
  }
}
