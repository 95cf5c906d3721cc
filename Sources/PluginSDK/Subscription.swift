// SPDX-License-Identifier: Apache-2.0

/// What a handler says to an event.
public enum SubscriptionReply: Sendable, Hashable {
  /// It is ours now.
  case taken
  /// Not now: the host keeps it and sends nothing more of this subscription until `PluginContext.resume(_:)`.
  case later
}

/// Events a plugin wants, in the order of `subscribes` in plugin.json.
public struct Subscription: Sendable {
  enum Handler: Sendable {
    case closure(@Sendable (borrowing BorrowedEvent) -> SubscriptionReply)
    case stream(buffer: Int, body: @Sendable (EventStream) async -> Void)
  }

  /// The topic or pattern, as in plugin.json.
  public let topic: String
  let handler: Handler

  private init(_ topic: String, handler: Handler) {
    self.topic = topic
    self.handler = handler
  }

  /// Handles each event at once, on the host's thread.
  ///
  /// The handler must be quick and must not block: nothing else enters the plugin meanwhile.
  public init(_ topic: String, _ handler: @escaping @Sendable (borrowing BorrowedEvent) -> SubscriptionReply) {
    self.init(topic, handler: .closure(handler))
  }

  /// Handles events one after the other in a task of the plugin.
  ///
  /// A full buffer holds the host back, and half an empty one lets it go on: nothing is lost here.
  /// At the stop of the plugin the stream ends after its last event; the body should then return.
  ///
  /// - Parameter buffer: How many events may wait, at least 1.
  public static func stream(
    _ topic: String, buffer: Int = 256, _ body: @escaping @Sendable (EventStream) async -> Void
  ) -> Subscription {
    Subscription(topic, handler: .stream(buffer: max(1, buffer), body: body))
  }
}
