// SPDX-License-Identifier: Apache-2.0

/// Tells a dead process (it does not even say that it has heard) from a stuck one (its plugin does not come back) from a busy one.
struct RunnerPings: Sendable {
  private static let interval: UInt64 = 1_000_000_000

  /// Calls that were given up and that the plugin may still be in.
  private(set) var suspects: Set<CallIdentity> = []
  private var lastNumber: UInt64 = 0
  private var sentAt: UInt64 = 0
  private var isAcknowledged = true
  private var isAnswered = true
  /// Pings that follow what happened: one soon, and one when all of it is over, for what the plugin did in answer.
  private var owed = 0
  private var graceEnds: UInt64?

  typealias CallIdentity = UInt64

  /// Whether new calls had better wait: the plugin may hang, and its process be replaced.
  var isSuspicious: Bool { !suspects.isEmpty }

  /// Returns whether the supervisor has to look at its clock anew.
  mutating func noteActivity() -> Bool {
    defer { owed = 2 }
    return owed == 0
  }

  /// A call was given up. Returns the number of a ping to send now, if none is under way.
  mutating func suspect(_ call: CallIdentity, at now: UInt64, graceMilliseconds: Int) -> UInt64? {
    if suspects.isEmpty { graceEnds = now &+ UInt64(graceMilliseconds) &* 1_000_000 }
    suspects.insert(call)
    return next(at: now)
  }

  /// The number of a ping that is due; nil when none is.
  mutating func due(at now: UInt64) -> UInt64? {
    guard owed > 0, isAnswered, now &- sentAt >= Self.interval else { return nil }
    return next(at: now)
  }

  private mutating func next(at now: UInt64) -> UInt64? {
    lastNumber += 1
    // The oldest that is not answered counts.
    if isAnswered { sentAt = now }
    (isAcknowledged, isAnswered, owed) = (false, false, max(0, owed - 1))
    return lastNumber
  }

  /// The process has heard. `current`: the call its plugin is in, 0 for none. Returns whether the suspicion is over.
  mutating func acknowledge(_ number: UInt64, current: CallIdentity) -> Bool {
    if number == lastNumber { isAcknowledged = true }
    return suspects.contains(current) ? false : clear()
  }

  /// The plugin has come back. Returns whether the suspicion is over.
  mutating func answer(_ number: UInt64) -> Bool {
    guard number == lastNumber else { return false }
    isAnswered = true
    return clear()
  }

  private mutating func clear() -> Bool {
    defer { suspects = [] }
    graceEnds = nil
    return !suspects.isEmpty
  }

  enum Verdict: Sendable { case fine, silent, stuck }

  func verdict(at now: UInt64, _ terms: RunnerTerms) -> Verdict {
    if let graceEnds, now >= graceEnds { return .stuck }
    guard !isAnswered else { return .fine }
    if !isAcknowledged, now >= sentAt &+ UInt64(terms.silentMilliseconds) &* 1_000_000 { return .silent }
    return now >= sentAt &+ UInt64(terms.stuckMilliseconds) &* 1_000_000 ? .stuck : .fine
  }

  /// When to look again.
  func nextLook(_ terms: RunnerTerms) -> UInt64? {
    if let graceEnds { return graceEnds }
    if !isAnswered {
      let limit = isAcknowledged ? terms.stuckMilliseconds : min(terms.silentMilliseconds, terms.stuckMilliseconds)
      return sentAt &+ UInt64(limit) &* 1_000_000
    }
    return owed > 0 ? sentAt &+ Self.interval : nil
  }
}
