// SPDX-License-Identifier: Apache-2.0

/// What front ends asked before anybody had subscribed to iopub, in the order it came.
struct EarlyRequests {
  private let patience: Duration
  private var waiting: [ProxyRequest] = []
  /// When the first of them has waited long enough.
  private var end: ContinuousClock.Instant?

  init(patience: Duration) { self.patience = patience }

  mutating func take(_ request: ProxyRequest, now: ContinuousClock.Instant) {
    if end == nil { end = now + patience }
    waiting.append(request)
  }

  /// Those that need not wait any longer.
  mutating func due(isHeard: Bool, now: ContinuousClock.Instant) -> [ProxyRequest] {
    guard !waiting.isEmpty, isHeard || end.map({ now >= $0 }) ?? true else { return [] }
    defer { waiting = [] }
    return waiting
  }

  /// How long to wait for something to come: without end when nothing waits here.
  func milliseconds(now: ContinuousClock.Instant) -> Int32 {
    guard let end, !waiting.isEmpty else { return -1 }
    return max(0, Int32((end - now) / .milliseconds(1)) + 1)
  }
}
