// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import Synchronization

/// What passed through and what was dropped, since the start.
final class Counters: Sendable {
  enum Item: String, CaseIterable, Sendable {
    case events, replies
    /// Lines dropped.
    case notJSON, unknownLines, oversizedLines, tornLines
    /// Replies nobody waited for any more.
    case lateReplies
    /// Events the bus refused, and bytes left when the plugin had to stop.
    case unpublishedEvents, undeliveredBytes
    case acksSent, acksDropped
  }

  private let counts = Mutex([UInt64](repeating: 0, count: Item.allCases.count))

  func add(_ count: Int = 1, to item: Item) {
    guard count > 0 else { return }
    counts.withLock { $0[item.index] += UInt64(count) }
  }

  subscript(_ item: Item) -> UInt64 { counts.withLock { $0[item.index] } }

  var description: JSONValue {
    .object(Dictionary(uniqueKeysWithValues: Item.allCases.map { ($0.rawValue, .integer(Int64(self[$0]))) }))
  }
}

extension Counters.Item {
  private static let indices = Dictionary(uniqueKeysWithValues: allCases.enumerated().map { ($1, $0) })
  // Every case is in `allCases`.
  fileprivate var index: Int { Self.indices[self]! }
}
