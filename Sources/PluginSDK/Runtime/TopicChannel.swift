// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// An open topic and the wait for room in it.
final class TopicChannel: Sendable {
  let name: String
  private let id: UInt64
  private let connection: HostConnection
  private let room = Turnstile()
  /// The signals seen before the last attempt that found no room.
  private let refusedAt = Mutex<UInt64?>(nil)

  init(name: String, id: UInt64, connection: HostConnection) {
    self.name = name
    self.id = id
    self.connection = connection
  }

  /// Publishes if there is room.
  ///
  /// - Returns: `nil` when done; when there is no room, the signals seen before, to wait for a later one.
  func attempt(_ bytes: Span<UInt8>, _ content: Content) throws(PluginFailure) -> UInt64? {
    let seen = room.signals
    let status = connection.publish(id, content, bytes)
    switch status {
    case .ok: return nil
    case .again:
      refusedAt.withLock { $0 = max($0 ?? 0, seen) }
      return seen
    case .tooLarge:
      throw failure(status, "\(bytes.count) bytes are over the host's limit; publish less, or where to find it")
    case .invalid: throw failure(status, "the payload is not valid \(content.name)")
    case .stopping, .gone: throw failure(status, "the plugin is stopping")
    default: throw failure(status, "the host answered '\(status)'")
    }
  }

  private func failure(_ status: PluginFailure.Status, _ reason: String) -> PluginFailure {
    PluginFailure("cannot publish on '\(name)': \(reason)", status: status)
  }

  func wait(after seen: UInt64) async throws {
    try HostThread.requireAnswers(to: "wait for room in '\(name)'")
    try await room.wait(after: seen)
  }

  func waitBlocking(after seen: UInt64) throws {
    try HostThread.requireAnswers(to: "wait for room in '\(name)'")
    try room.waitBlocking(after: seen)
  }

  func waitUntilReady() async throws {
    if let seen = refusedAt.withLock({ $0 }) { try await wait(after: seen) }
  }

  func waitUntilReadyBlocking() throws {
    if let seen = refusedAt.withLock({ $0 }) { try waitBlocking(after: seen) }
  }

  func onReady(_ body: @escaping @Sendable () -> Void) {
    guard let seen = refusedAt.withLock({ $0 }) else { return body() }
    room.notify(after: seen, body)
  }

  func ready() { room.signal() }

  func close() {
    room.close(with: PluginFailure("gave up publishing on '\(name)': the plugin is stopping", status: .stopping))
  }
}
