// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// Brings what a link says to a kernel: put in on the link's thread, taken in batches by one task.
///
/// A kernel can flood, and nothing it says may be lost: what comes beyond `memory` waits on the disk.
final class Inbox: Sendable {
  /// Bytes that wait in memory, about.
  static let memory = 4 << 20
  /// What a message takes beside its texts.
  private static let overhead = 400

  private struct State {
    var events: [LinkEvent] = []
    var cost = 0
    var backlog: InboxBacklog?

    var isEmpty: Bool { events.isEmpty && backlog?.isEmpty ?? true }
    var mustSpill: Bool { backlog.map { !$0.isEmpty || cost >= Inbox.memory } ?? false }
  }

  private let state: Mutex<State>
  /// One when the first of something came; ends behind what is in when the inbox is closed.
  let signals: AsyncStream<Void>
  private let signal: AsyncStream<Void>.Continuation

  /// - Parameter backlog: Where a file may be made; without one all waits in memory.
  init(backlog: String? = nil) {
    state = Mutex(State(backlog: backlog.map { InboxBacklog(path: $0) }))
    (signals, signal) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
  }

  func put(_ event: LinkEvent) {
    let isFirst = state.withLock { state in
      let isFirst = state.isEmpty
      if state.mustSpill {
        state.backlog?.append(event)
      } else {
        state.events.append(event)
        state.cost += Self.cost(of: event)
      }
      return isFirst
    }
    if isFirst { signal.yield() }
  }

  private static func cost(of event: LinkEvent) -> Int {
    guard case .message(let message) = event else { return overhead }
    return message.header.count + message.content.count + message.buffers.reduce(overhead) { $0 + $1.count }
  }

  /// Ends the signals.
  func close() { signal.finish() }

  /// Hands over the oldest of what came, in order; nil when there is nothing.
  func take() -> [LinkEvent]? {
    state.withLock { state in
      guard state.events.isEmpty else {
        defer { (state.events, state.cost) = ([], 0) }
        return state.events
      }
      guard state.backlog?.isEmpty == false else { return nil }
      return state.backlog?.takeSome()
    }
  }
}

extension LinkEvent {
  /// About what it takes of memory, in bytes.
  fileprivate var size: Int {
    guard case .message(let message) = self else { return 256 }
    let texts = message.header.count + message.parentHeader.count + message.metadata.count + message.content.count
    return 512 + texts + message.buffers.reduce(0) { $0 + $1.count + 64 }
  }
}
