// SPDX-License-Identifier: Apache-2.0

/// Where the publisher publishes.
protocol EventSink: Sendable {
  /// Publishes JSON; waits while a subscriber that must lose nothing is full.
  ///
  /// - Throws: When this event cannot be published: it is too large, or everything is at its end.
  func publish(_ line: Span<UInt8>, on topic: TrainerTopic) throws
}
