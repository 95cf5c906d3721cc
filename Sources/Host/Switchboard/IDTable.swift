// SPDX-License-Identifier: Apache-2.0

/// Values by ids that count up from 1, by open addressing: an id is its own hash, and ids close in time want different slots.
struct IDTable<Value> {
  /// How many low bits all ids of one table have in common.
  private let sharedBits: Int
  /// 0 is free, as nothing has that id. Apart from the values, so that looking for one touches no other's reference count.
  private var ids = [UInt64](repeating: 0, count: 16)
  private var values = [Value?](repeating: nil, count: 16)
  private var count = 0

  init(sharedBits: Int) { self.sharedBits = sharedBits }

  subscript(id: UInt64) -> Value? {
    let slot = slot(of: id)
    return ids[slot] == id ? values[slot] : nil
  }

  /// Every value, in no order.
  var all: [Value] { values.compactMap(\.self) }

  /// Puts a value in, under an id that is not in the table.
  mutating func insert(_ value: Value, for id: UInt64) {
    if (count + 1) * 2 > ids.count { grow() }
    place(value, id)
    count += 1
  }

  mutating func remove(_ id: UInt64) -> Value? {
    var hole = slot(of: id)
    guard ids[hole] == id, id != 0 else { return nil }
    let removed = values[hole].take()
    ids[hole] = 0
    count -= 1
    // Whatever stands behind the hole and would not be found any more moves into it.
    var next = following(hole)
    while ids[next] != 0 {
      if distance(from: home(of: ids[next]), to: next) >= distance(from: hole, to: next) {
        ids.swapAt(hole, next)
        values.swapAt(hole, next)
        hole = next
      }
      next = following(next)
    }
    return removed
  }

  /// Drops the values that are not to be kept.
  mutating func keep(where isKept: (Value) -> Bool) {
    let before = self
    for (id, value) in zip(before.ids, before.values) {
      if let value, !isKept(value) { _ = remove(id) }
    }
  }

  /// The slot that has the id, or the free one where it belongs.
  private func slot(of id: UInt64) -> Int {
    var slot = home(of: id)
    while ids[slot] != id, ids[slot] != 0 { slot = following(slot) }
    return slot
  }

  private mutating func place(_ value: Value, _ id: UInt64) {
    let slot = slot(of: id)
    ids[slot] = id
    values[slot] = value
  }

  private mutating func grow() {
    let before = self
    ids = [UInt64](repeating: 0, count: ids.count * 2)
    values = [Value?](repeating: nil, count: ids.count)
    for (id, value) in zip(before.ids, before.values) {
      if let value { place(value, id) }
    }
  }

  private func home(of id: UInt64) -> Int { Int(truncatingIfNeeded: id >> UInt64(sharedBits)) & (ids.count - 1) }

  private func following(_ slot: Int) -> Int { (slot + 1) & (ids.count - 1) }

  private func distance(from start: Int, to end: Int) -> Int { (end - start) & (ids.count - 1) }
}
