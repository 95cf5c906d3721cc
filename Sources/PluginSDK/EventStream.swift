// SPDX-License-Identifier: Apache-2.0

/// The events of one subscription, oldest first, for one reader: `for await event in events { … }`.
public struct EventStream: AsyncSequence, Sendable {
  /// Takes one event after the other.
  public struct AsyncIterator: AsyncIteratorProtocol {
    let buffer: EventBuffer

    /// Waits for the next event; `nil` when the plugin stops or the task is cancelled.
    public mutating func next() async -> PluginEvent? { await buffer.next() }

    /// Waits for the next event; `nil` when the plugin stops or the task is cancelled.
    public mutating func next(isolation actor: isolated (any Actor)?) async -> PluginEvent? { await buffer.next() }
  }

  let buffer: EventBuffer

  /// Begins to read. Two readers would share the events between them.
  public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(buffer: buffer) }

  /// Takes what is there already, at most `limit`, without waiting: for work done in batches.
  public func takeWaiting(_ limit: Int = .max) -> [PluginEvent] { buffer.takeWaiting(limit) }
}
