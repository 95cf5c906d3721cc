// SPDX-License-Identifier: Apache-2.0
import PluginBridge
import Synchronization

/// How much may be published ahead of the host, topic by topic. The host keeps what its subscribers have no room for, up to this.
final class PublishWindows: Sendable {
  private static let events = 256
  private static let bytes = 4 << 20
  private static let topics = 10_000

  private let state = Mutex(State())

  private struct State {
    var ids: [String: UInt64] = [:]
    var windows: [Window] = []
  }

  private struct Window {
    var events = 0
    var bytes = 0
    /// Somebody was told to wait.
    var refused = false
  }

  /// Returns the topic's id and whether it is a new one; nil when there are too many.
  func open(_ name: String) -> (id: UInt64, isNew: Bool)? {
    state.withLock { state in
      if let known = state.ids[name] { return (known, false) }
      guard state.windows.count < Self.topics else { return nil }
      state.windows.append(Window())
      let id = UInt64(state.windows.count)
      state.ids[name] = id
      return (id, true)
    }
  }

  /// Keeps a place for one event.
  func take(_ topic: UInt64, bytes: Int) -> CallStatus {
    state.withLock { state in
      guard let index = Self.index(topic, state) else { return .notFound }
      guard state.windows[index].events < Self.events, state.windows[index].bytes < Self.bytes else {
        state.windows[index].refused = true
        return .again
      }
      state.windows[index].events += 1
      state.windows[index].bytes += bytes
      return .ok
    }
  }

  /// Gives places back. Returns whether those that wait for the topic are to be told.
  func release(_ topic: UInt64, events: UInt64, bytes: UInt64) -> Bool {
    state.withLock { state in
      guard let index = Self.index(topic, state) else { return false }
      state.windows[index].events -= Int(clamping: events)
      state.windows[index].bytes -= Int(clamping: bytes)
      guard state.windows[index].refused, state.windows[index].events <= Self.events / 2, state.windows[index].bytes <= Self.bytes / 2
      else { return false }
      state.windows[index].refused = false
      return true
    }
  }

  private static func index(_ topic: UInt64, _ state: State) -> Int? {
    guard let index = Int(exactly: topic), index >= 1, index <= state.windows.count else { return nil }
    return index - 1
  }
}
