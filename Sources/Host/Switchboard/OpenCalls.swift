// SPDX-License-Identifier: Apache-2.0
import Synchronization

/// The calls that either side still holds, by id. Split in shards so that threads seldom meet.
final class OpenCalls: Sendable {
  private static let shardCount = 16
  private let shards: [Shard]
  private let lastID = Atomic<UInt64>(0)
  private let open = Atomic<Int>(0)

  private final class Shard: Sendable {
    let calls = Mutex<[CallID: OpenCall]>([:])
  }

  init() { shards = (0..<Self.shardCount).map { _ in Shard() } }

  func nextID() -> CallID { lastID.wrappingAdd(1, ordering: .relaxed).newValue }

  /// Calls whose caller still waits.
  var openCount: Int { open.load(ordering: .relaxed) }
  /// Calls whose caller has an answer but whose provider never finished them.
  private let unfinished = Atomic<Int>(0)

  func callOpened() { open.wrappingAdd(1, ordering: .relaxed) }
  func callEnded() { open.wrappingSubtract(1, ordering: .relaxed) }

  subscript(id: CallID) -> OpenCall? { shard(id).calls.withLock { $0[id] } }
  func insert(_ call: OpenCall) { shard(call.id).calls.withLock { $0[call.id] = call } }
  func remove(_ id: CallID) -> OpenCall? { shard(id).calls.withLock { $0.removeValue(forKey: id) } }

  /// Drops the records of calls that ended early and were never finished, once there are too many: a plugin that never finishes
  /// anything must not fill the memory. It then hears "gone" instead of "cancelled".
  func forgetEnded(beyond limit: Int) {
    guard unfinished.wrappingAdd(1, ordering: .relaxed).newValue > limit else { return }
    unfinished.store(0, ordering: .relaxed)
    for shard in shards { shard.calls.withLock { calls in calls = calls.filter { $0.value.status == .ok } } }
  }

  /// Every call in the table at this moment, in no order.
  func all() -> [OpenCall] { shards.flatMap { $0.calls.withLock { Array($0.values) } } }

  private func shard(_ id: CallID) -> Shard { shards[Int(truncatingIfNeeded: id) & (Self.shardCount - 1)] }
}
