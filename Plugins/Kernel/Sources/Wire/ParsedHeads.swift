// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// The headers of one message, once somebody asked for them.
final class ParsedHeads: Sendable {
  private enum Head {
    case unread
    case read(MessageHeader?)
  }

  private let heads = Mutex<(own: Head, parent: Head)>((.unread, .unread))

  func own(of json: [UInt8]) -> MessageHeader? { heads.withLock { Self.read(&$0.own, json) } }

  func parent(of json: [UInt8]) -> MessageHeader? { heads.withLock { Self.read(&$0.parent, json) } }

  private static func read(_ head: inout Head, _ json: [UInt8]) -> MessageHeader? {
    if case .read(let header) = head { return header }
    let header = MessageHeader(parsing: json)
    head = .read(header)
    return header
  }
}
