// SPDX-License-Identifier: Apache-2.0

/// Bytes and what they are: an input, an answer, a chunk of one.
public struct Payload: Sendable, Hashable {
  /// The bytes as they came, or as they will be sent.
  public var bytes: [UInt8]
  /// What the bytes are.
  public var content: Content

  /// Wraps bytes.
  public init(bytes: [UInt8], content: Content = .json) {
    self.bytes = bytes
    self.content = content
  }

  /// Writes a value as JSON, keys sorted.
  ///
  /// - Throws: `PluginFailure` when JSON cannot hold the value, such as a number that is not finite.
  public init(encoding value: some Encodable) throws {
    self.init(bytes: try JSONCoding.encode(value, as: "a payload"))
  }

  /// The empty JSON object, `{}`.
  public static let emptyObject = Payload(bytes: [0x7b, 0x7d])

  /// Reads the bytes as JSON.
  ///
  /// - Throws: `PluginFailure` of status `.invalid`, with the path of what does not fit.
  public func decode<T: Decodable>(_ type: T.Type = T.self) throws -> T {
    try JSONCoding.decode(type, from: self, as: "a payload")
  }
}
