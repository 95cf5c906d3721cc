// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// Brings what a link says to a kernel: put in on the link's thread, taken in batches by one task.
///
/// A kernel that says more than is taken must not fill the memory, and may not be made to wait: it would drop what it says. So what is too
/// much waits on disk.
final class Inbox: Sendable {
  private struct State {
    /// The oldest.
    var waiting: [LinkEvent] = []
    var bytes = 0
    /// Behind that.
    var spill: InboxSpill?
    /// Behind both: what the disk did not take.
    var unspilled: [LinkEvent] = []
  }

  private static let most = 32 << 20

  private let folder: String
  private let state = Mutex(State())
  private let signals: AsyncStream<Void>
  private let signal: AsyncStream<Void>.Continuation

  /// - Parameter folder: For what does not fit into memory.
  init(folder: String) {
    self.folder = folder
    (signals, signal) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
  }

  func put(_ event: LinkEvent) {
    state.withLock { state in
      if state.spill == nil, state.unspilled.isEmpty, state.bytes < Self.most {
        state.waiting.append(event)
        state.bytes += event.size
      } else {
        spill(event, &state)
      }
    }
    signal.yield()
  }

  private func spill(_ event: LinkEvent, _ state: inout State) {
    do {
      guard state.unspilled.isEmpty else { return state.unspilled.append(event) }
      if state.spill == nil { state.spill = try InboxSpill(folder: folder) }
      try state.spill?.append(event)
    } catch {
      state.unspilled.append(event)
    }
  }

  /// Ends `empty` after what is in.
  func close() { signal.finish() }

  /// Hands everything over, in order, until the inbox is closed.
  func empty(into body: ([LinkEvent]) async -> Void) async {
    for await _ in signals { await handOver(to: body) }
    await handOver(to: body)
  }

  private func handOver(to body: ([LinkEvent]) async -> Void) async {
    while true {
      let events = take()
      guard !events.isEmpty else { return }
      await body(events)
    }
  }

  private func take() -> [LinkEvent] {
    state.withLock { state in
      if !state.waiting.isEmpty {
        defer { (state.waiting, state.bytes) = ([], 0) }
        return state.waiting
      }
      if let events = try? state.spill?.take(bytes: Self.most / 4), !events.isEmpty { return events }
      state.spill = nil
      defer { state.unspilled = [] }
      return state.unspilled
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
