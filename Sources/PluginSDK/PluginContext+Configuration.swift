// SPDX-License-Identifier: Apache-2.0

extension PluginContext {
  /// A plugin's configuration: JSON, validated against the manifest's schema, defaults filled in.
  public struct Configuration: Sendable, Hashable {
    /// The JSON text.
    public let bytes: [UInt8]

    /// Makes a configuration, for tests.
    public init(bytes: [UInt8]) { self.bytes = bytes }

    /// Reads the configuration.
    ///
    /// - Throws: `PluginFailure` of status `.invalid`, with the path of what does not fit.
    public func decode<T: Decodable>(_ type: T.Type = T.self) throws -> T {
      try JSONCoding.decode(type, from: Payload(bytes: bytes), as: "the configuration")
    }
  }
}
