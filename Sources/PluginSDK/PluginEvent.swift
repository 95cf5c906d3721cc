// SPDX-License-Identifier: Apache-2.0

/// One event of a subscription, with its bytes copied.
public struct PluginEvent: Sendable, Hashable {
  /// The topic it was published on.
  public let topic: String
  /// What the bytes are.
  public let content: Content
  /// How many events this subscription lost just before this one; 0 unless it may drop.
  public let lost: UInt64
  /// The bytes as published.
  public let bytes: [UInt8]

  /// Makes an event, for tests.
  public init(topic: String, bytes: [UInt8], content: Content = .json, lost: UInt64 = 0) {
    self.topic = topic
    self.content = content
    self.lost = lost
    self.bytes = bytes
  }

  /// Reads the bytes as JSON.
  ///
  /// - Throws: `PluginFailure` of status `.invalid`, with the path of what does not fit.
  public func decode<T: Decodable>(_ type: T.Type = T.self) throws -> T {
    try JSONCoding.decode(type, from: Payload(bytes: bytes, content: content), as: "the event '\(topic)'")
  }
}
