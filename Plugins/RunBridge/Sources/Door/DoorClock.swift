// SPDX-License-Identifier: Apache-2.0

internal import PluginSDK
internal import Synchronization

/// Tells when the time of a request is over. One thread for all of them, which sleeps until the first is.
final class DoorClock: Sendable {
  struct Key: Sendable, Hashable {
    let connection: UInt
    let request: UInt64
  }

  private struct Entry: Sendable {
    let time: UInt64
    let isOver: @Sendable () -> Void
  }

  private struct State: Sendable {
    var entries: [Key: Entry] = [:]
    /// When the thread looks next; nothing is due before.
    var nextLook = UInt64.max
  }

  private struct Wake: Sendable {
    var count: UInt64 = 0
    var isStopped = false
  }

  private let state = Mutex(State())
  private let wake = Monitor(Wake())
  private let thread = Mutex<OwnedThread?>(nil)

  func start() throws {
    let started = OwnedThread.start(name: "jf-bridge-clock") { [self] in run() }
    guard let started else {
      throw PluginFailure("cannot start the thread 'jf-bridge-clock': the system has none to give; raise the limit of processes")
    }
    thread.withLock { $0 = started }
  }

  func stop() {
    wake.change { $0.isStopped = true }
    thread.withLock { $0.take() }?.join()
  }

  /// Calls once, on the clock's thread, unless it is taken back before; must not wait.
  func add(_ key: Key, at instant: ContinuousClock.Instant, _ isOver: @escaping @Sendable () -> Void) {
    let time = MonotonicClock.after(instant - .now)
    let isFirst = state.withLock { state in
      state.entries[key] = Entry(time: time, isOver: isOver)
      guard time < state.nextLook else { return false }
      state.nextLook = time
      return true
    }
    if isFirst { wake.change { $0.count += 1 } }
  }

  func remove(_ key: Key) { state.withLock { _ = $0.entries.removeValue(forKey: key) } }

  private func run() {
    var seen: UInt64 = 0
    while true {
      let (due, next) = state.withLock { Self.takeDue(&$0, MonotonicClock.now) }
      for entry in due { entry.isOver() }
      let found = wake.wait(until: next == .max ? nil : next) { wake in wake.isStopped || wake.count != seen ? wake : nil }
      if found?.isStopped == true { return }
      if let found { seen = found.count }
    }
  }

  private static func takeDue(_ state: inout State, _ now: UInt64) -> (due: [Entry], next: UInt64) {
    let due = state.entries.filter { $0.value.time <= now }
    for key in due.keys { state.entries[key] = nil }
    state.nextLook = state.entries.values.map(\.time).min() ?? .max
    return (Array(due.values), state.nextLook)
  }
}
