// SPDX-License-Identifier: Apache-2.0

import PluginSDK
import Signatures
import Synchronization

/// What C gave out and callers hold: numbers for them, addresses for C.
///
/// A number is never given twice, so a stale one is told apart from whatever is in its place now. It has at most 48 bits: every reader of
/// JSON keeps it exactly.
final class HandleTable: Sendable {
  struct Entry: Sendable {
    let type: String
    let address: UInt64
    let library: LoadedLibrary
    /// The function that frees it.
    let free: String?
    /// The whole numbers of the call that made it, by argument.
    let facts: [String: Int]
  }

  /// Why a number is no handle here.
  enum Fault: Error {
    case gone
    case otherType(String)
    case otherLibrary(String)
  }

  private struct State {
    var slots: [(id: Int64, entry: Entry)?] = []
    var vacant: [Int] = []
    /// Ids of those that are freed, by what they are: C may give out one thing twice.
    var owned: [Key: Int64] = [:]
    var generation: Int64
  }

  private struct Key: Hashable {
    let type: String
    let address: UInt64
    let library: ObjectIdentifier

    init(_ entry: Entry) { (type, address, library) = (entry.type, entry.address, ObjectIdentifier(entry.library)) }
  }

  // Begins anywhere, so that numbers of an earlier start mean nothing now.
  private let state = Mutex(State(generation: Int64.random(in: 1..<1 << 30)))

  var count: Int { state.withLock { $0.slots.count - $0.vacant.count } }

  var isFull: Bool { count >= Limits.handles }

  /// Gives a number for a thing.
  func add(_ entry: Entry) -> Int64 {
    state.withLock { state in
      if entry.free != nil, let known = state.owned[Key(entry)] { return known }
      let slot = state.vacant.popLast() ?? state.slots.count
      if slot == state.slots.count { state.slots.append(nil) }
      state.generation += 1
      let id = state.generation << 16 | Int64(slot)
      state.slots[slot] = (id, entry)
      if entry.free != nil { state.owned[Key(entry)] = id }
      return id
    }
  }

  /// Finds a thing by its number.
  func find(_ id: Int64, type: String, in library: LoadedLibrary) throws(Fault) -> Entry {
    let entry = state.withLock { state -> Entry? in
      let slot = Int(id & 0xffff)
      guard id > 0, slot < state.slots.count, let place = state.slots[slot], place.id == id else { return nil }
      return place.entry
    }
    guard let entry else { throw .gone }
    guard entry.type == type else { throw .otherType(entry.type) }
    guard entry.library === library else { throw .otherLibrary(entry.library.name) }
    return entry
  }

  /// Takes a thing out: from now on its number is stale.
  @discardableResult
  func remove(_ id: Int64) -> Entry? {
    state.withLock { state in
      let slot = Int(id & 0xffff)
      guard slot < state.slots.count, let place = state.slots[slot], place.id == id else { return nil }
      state.slots[slot] = nil
      state.vacant.append(slot)
      state.owned[Key(place.entry)] = nil
      return place.entry
    }
  }

  /// Puts a thing back under the number it had.
  func putBack(_ entry: Entry, _ id: Int64) {
    state.withLock { state in
      let slot = Int(id & 0xffff)
      // Somebody else got the place meanwhile: then the number stays stale, and the thing is C's own affair.
      guard let vacant = state.vacant.lastIndex(of: slot) else { return }
      state.vacant.remove(at: vacant)
      state.slots[slot] = (id, entry)
      if entry.free != nil { state.owned[Key(entry)] = id }
    }
  }

  /// Frees everything, the newest first.
  func freeAll() {
    let entries = state.withLock { state in
      let places = state.slots.compactMap(\.self).sorted { $0.id > $1.id }
      state.slots = []
      state.vacant = []
      state.owned = [:]
      return places.map(\.entry)
    }
    for entry in entries {
      if let free = entry.free { entry.library.free(entry.address, with: free) }
    }
  }
}
