// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// Brings what a link says to a kernel: put in on the link's thread, taken in batches by one task.
final class Inbox: Sendable {
  private let waiting = Mutex<[LinkEvent]>([])
  private let signals: AsyncStream<Void>
  private let signal: AsyncStream<Void>.Continuation

  init() { (signals, signal) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1)) }

  func put(_ event: LinkEvent) {
    let isFirst = waiting.withLock { waiting in
      waiting.append(event)
      return waiting.count == 1
    }
    if isFirst { signal.yield() }
  }

  /// Ends `empty` after what is in.
  func close() { signal.finish() }

  /// Hands everything over, in order, until the inbox is closed.
  func empty(into body: ([LinkEvent]) async -> Void) async {
    for await _ in signals { await body(takeAll()) }
    await body(takeAll())
  }

  private func takeAll() -> [LinkEvent] {
    waiting.withLock { waiting in
      defer { waiting = [] }
      return waiting
    }
  }
}
