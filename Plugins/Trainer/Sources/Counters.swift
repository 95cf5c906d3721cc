// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import Synchronization

/// What passed through and what was dropped, since the start.
final class Counters: Sendable {
  enum Item: Int, CaseIterable, Sendable {
    case events, replies
    /// Lines dropped.
    case notJSON, unknownLines, oversizedLines, tornLines
    /// Replies nobody waited for any more.
    case lateReplies
    /// Events the bus refused for good.
    case unpublishedEvents
    /// Bytes kept in files for the next start, and those a full disk had no room for.
    case keptBytes, undeliveredBytes
    /// Bytes in the spool's files that could not be read back.
    case tornSpoolBytes
    case acksSent, acksDropped
  }

  private let counts = Mutex([UInt64](repeating: 0, count: Item.allCases.count))

  func add(_ count: Int = 1, to item: Item) {
    guard count > 0 else { return }
    counts.withLock { $0[item.rawValue] += UInt64(count) }
  }

  subscript(_ item: Item) -> UInt64 { counts.withLock { $0[item.rawValue] } }

  var description: JSONValue {
    .object(Dictionary(uniqueKeysWithValues: Item.allCases.map { ("\($0)", .integer(Int64(self[$0]))) }))
  }
}
