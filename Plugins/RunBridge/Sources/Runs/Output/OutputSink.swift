// SPDX-License-Identifier: Apache-2.0

/// What is told of a captured run.
enum OutputTopic: String, Sendable, CaseIterable {
  /// Its beginning and its end.
  case process = "bridge.process"
  /// Its lines.
  case log = "bridge.log"
}

/// Where the output of captured runs is published.
protocol OutputSink: Sendable {
  /// Publishes unless there is no room.
  ///
  /// - Returns: False when there is none; `whenReady` tells when to try again.
  /// - Throws: When this event cannot be published at all, or nothing any more.
  func offer(_ event: [UInt8], on topic: OutputTopic) throws -> Bool

  /// Calls once when there may be room again; must not be waited for in `body`.
  func whenReady(_ topic: OutputTopic, _ body: @escaping @Sendable () -> Void)
}

/// Takes everything and keeps nothing.
struct NoOutput: OutputSink {
  func offer(_ event: [UInt8], on topic: OutputTopic) throws -> Bool { true }
  func whenReady(_ topic: OutputTopic, _ body: @escaping @Sendable () -> Void) { body() }
}
