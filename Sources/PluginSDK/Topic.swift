// SPDX-License-Identifier: Apache-2.0

/// A topic this plugin publishes on.
///
/// A subscriber that must not lose events may be full; then nobody gets the event, and the publisher waits or does something else.
/// `publish` waits in a task, `publishBlocking` on a thread of the plugin's own, `tryPublish` not at all.
public struct Topic: Sendable {
  let channel: TopicChannel

  /// The name as opened.
  public var name: String { channel.name }

  /// Publishes a value as JSON.
  public func publish(_ value: some Encodable) async throws {
    try await publish(bytes: JSONCoding.encode(value, as: "an event of '\(name)'"))
  }

  /// Publishes bytes.
  ///
  /// - Throws: `CancellationError`, or `PluginFailure`: over the size limit, not what `content` says, or stopping.
  public func publish(bytes: [UInt8], content: Content = .json) async throws {
    while let seen = try channel.attempt(bytes.span, content) { try await channel.wait(after: seen) }
  }

  /// Publishes a value as JSON from a thread of the plugin's own, blocking it while a subscriber is full.
  public func publishBlocking(_ value: some Encodable) throws {
    try publishBlocking(bytes: JSONCoding.encode(value, as: "an event of '\(name)'"))
  }

  /// Publishes bytes from a thread of the plugin's own, blocking it while a subscriber is full.
  ///
  /// Never from async code, and never from a handler on the host's thread: there it throws instead of waiting.
  public func publishBlocking(bytes: [UInt8], content: Content = .json) throws {
    while let seen = try channel.attempt(bytes.span, content) { try channel.waitBlocking(after: seen) }
  }

  /// Publishes bytes if every subscriber has room.
  ///
  /// - Returns: `false` when one has not, and nobody got the event. Then `waitUntilReady` or `onReady`, and try again.
  public func tryPublish(bytes: [UInt8], content: Content = .json) throws -> Bool {
    try channel.attempt(bytes.span, content) == nil
  }

  /// Publishes borrowed bytes if every subscriber has room, without copying them.
  ///
  /// - Returns: `false` when one has not, and nobody got the event.
  public func tryPublish(borrowing bytes: Span<UInt8>, content: Content = .json) throws -> Bool {
    try channel.attempt(bytes, content) == nil
  }

  /// Waits until there is room, if the last attempt found none.
  public func waitUntilReady() async throws { try await channel.waitUntilReady() }

  /// Blocks a thread of the plugin's own until there is room, if the last attempt found none.
  public func waitUntilReadyBlocking() throws { try channel.waitUntilReadyBlocking() }

  /// Calls a closure once when there is room, if the last attempt found none, and else right here.
  ///
  /// It comes on the host's thread and must not block: wake a thread, write to an eventfd. It comes at the stop of the plugin too.
  public func onReady(_ body: @escaping @Sendable () -> Void) { channel.onReady(body) }
}
