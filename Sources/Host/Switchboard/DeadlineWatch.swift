// SPDX-License-Identifier: Apache-2.0
import Synchronization
import PluginBridge

/// A thread that sleeps until the next deadline is due.
///
/// It keeps only the earliest one: when it is due, the owner looks through its open calls and names the next. So a call that ends
/// in time costs nothing here.
final class DeadlineWatch: Sendable {
  private let wake = BlockingQueue<Void>()
  private let earliest = Mutex<UInt64>(.max)

  /// - Parameter expire: Ends what is due and returns the earliest deadline left, 0 for none.
  func start(_ expire: @escaping @Sendable (_ now: UInt64) -> UInt64) {
    HostThread.start("jf-deadlines") { [self] in
      while true {
        let next = earliest.withLock { $0 }
        let woken = wake.take(until: next == .max ? nil : next) != nil
        if !woken && wake.isClosed { return }
        let now = MonotonicClock.now()
        guard now >= next else { continue }
        earliest.withLock { $0 = .max }
        let left = expire(now)
        if left != 0 { earliest.withLock { $0 = min($0, left) } }
      }
    }
  }

  /// Makes sure the owner is asked no later than at `deadline`.
  func add(_ deadline: UInt64) {
    let sooner = earliest.withLock { earliest in
      guard deadline < earliest else { return false }
      earliest = deadline
      return true
    }
    if sooner { wake.put(()) }
  }

  func stop() { wake.close() }
}
