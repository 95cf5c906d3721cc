// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// The JSON of a header, and what it says, once somebody asked for that. Messages with the same parent share it.
final class MessageHead: Sendable {
  private enum State {
    case unread
    case read(MessageHeader?)
  }

  /// As it crossed.
  let json: [UInt8]
  private let state = Mutex(State.unread)

  init(_ json: [UInt8]) { self.json = json }

  /// What it says; nil when it is no header.
  var header: MessageHeader? {
    state.withLock { state in
      if case .read(let header) = state { return header }
      let header = MessageHeader(parsing: json)
      state = .read(header)
      return header
    }
  }
}
