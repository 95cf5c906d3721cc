// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import Synchronization

/// A door that many pass at once and that closes for ever.
///
/// Closing waits for those inside. They must be quick and must not block: host functions never do.
final class Gate: Sendable {
  private static let closed = 1 << 62
  private let inside = Atomic<Int>(0)

  /// Passes, unless the gate is closed. Who passed must leave.
  func enter() -> Bool {
    if inside.add(1, ordering: .acquiring).newValue < Self.closed { return true }
    leave()
    return false
  }

  func leave() { inside.subtract(1, ordering: .releasing) }

  var isClosed: Bool { inside.load(ordering: .relaxed) >= Self.closed }

  func close() {
    guard inside.bitwiseOr(Self.closed, ordering: .acquiringAndReleasing).oldValue < Self.closed else { return }
    while inside.load(ordering: .acquiring) != Self.closed { sched_yield() }
  }
}
