// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// What is known of how implementations take an interrupt: measured before, and learned here.
final class InterruptMemory: Sendable {
  private struct Knowledge {
    /// Ways that ended the kernel instead.
    var deadly: Set<InterruptWay> = []
    /// Ways that were answered and changed nothing.
    var useless: Set<InterruptWay> = []
    /// The way that worked last.
    var works: InterruptWay?
  }

  /// Tried on real kernels: Deno and xeus-python end at SIGINT, ILua too; IRkernel's control channel is deaf.
  private let known = Mutex<[String: Knowledge]>([
    "deno kernel": Knowledge(deadly: [.signal], works: .message),
    "xeus-python": Knowledge(deadly: [.signal]),
    "xpython": Knowledge(deadly: [.signal]),
    "ilua": Knowledge(deadly: [.signal]),
    "irkernel": Knowledge(useless: [.message], works: .signal),
  ])

  /// The ways to try, best first; what is known to end the kernel is left out.
  ///
  /// - Parameters:
  ///   - implementation: As the kernel names itself; nil while it has not.
  ///   - ways: What its handle can do, the spec's own first.
  func order(for implementation: String?, of ways: [InterruptWay]) -> [InterruptWay] {
    guard let knowledge = known.withLock({ $0[Self.key(implementation)] }) else { return ways }
    let allowed = ways.filter { !knowledge.deadly.contains($0) }
    return allowed.sorted { one, other in rank(one, knowledge) < rank(other, knowledge) }
  }

  func worked(_ way: InterruptWay, for implementation: String?) {
    learn(implementation) { knowledge in
      knowledge.works = way
      knowledge.useless.remove(way)
    }
  }

  func failed(_ way: InterruptWay, for implementation: String?) { learn(implementation) { $0.useless.insert(way) } }

  func killed(_ way: InterruptWay, for implementation: String?) { learn(implementation) { $0.deadly.insert(way) } }

  private func rank(_ way: InterruptWay, _ knowledge: Knowledge) -> Int {
    if knowledge.works == way { return 0 }
    return knowledge.useless.contains(way) ? 2 : 1
  }

  private func learn(_ implementation: String?, _ change: (inout Knowledge) -> Void) {
    known.withLock { known in change(&known[Self.key(implementation), default: Knowledge()]) }
  }

  private static func key(_ implementation: String?) -> String { (implementation ?? "").lowercased() }
}
