// SPDX-License-Identifier: Apache-2.0
import Synchronization
import PluginBridge

/// The calls that either side still holds, by id. Split in shards so that threads seldom meet.
final class OpenCalls: Sendable {
  /// In place, so that reaching one costs no reference counting.
  private let shards: InlineArray<16, Mutex<[CallID: OpenCall]>>
  private let lastID = Atomic<UInt64>(0)
  private let open = Atomic<Int>(0)

  init() { shards = InlineArray { _ in Mutex([:]) } }

  func nextID() -> CallID { lastID.wrappingAdd(1, ordering: .relaxed).newValue }

  /// Calls whose caller still waits.
  var openCount: Int { open.load(ordering: .relaxed) }
  /// Calls whose caller has an answer but whose provider never finished them.
  private let unfinished = Atomic<Int>(0)

  func callOpened() { open.wrappingAdd(1, ordering: .relaxed) }
  func callEnded() { open.wrappingSubtract(1, ordering: .relaxed) }

  subscript(id: CallID) -> OpenCall? { shards[shard(id)].withLock { $0[id] } }
  func insert(_ call: OpenCall) { shards[shard(call.id)].withLock { $0[call.id] = call } }
  func remove(_ id: CallID) -> OpenCall? { shards[shard(id)].withLock { $0.removeValue(forKey: id) } }

  /// Drops the records of calls that ended early and were never finished, once there are too many: a plugin that never finishes
  /// anything must not fill the memory. It then hears "gone" instead of "cancelled".
  func forgetEnded(beyond limit: Int) {
    guard unfinished.wrappingAdd(1, ordering: .relaxed).newValue > limit else { return }
    unfinished.store(0, ordering: .relaxed)
    for index in shards.indices { shards[index].withLock { calls in calls = calls.filter { $0.value.status == .ok } } }
  }

  /// Every call in the table at this moment, in no order.
  func all() -> [OpenCall] { shards.indices.flatMap { index in shards[index].withLock { Array($0.values) } } }

  private func shard(_ id: CallID) -> Int { Int(truncatingIfNeeded: id) & (shards.count - 1) }
}
