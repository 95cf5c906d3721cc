// SPDX-License-Identifier: Apache-2.0

public import PluginSDK

/// How a call ended, and what came on the way.
public struct Answer: Sendable {
  /// How far a call had come at one time.
  public struct Progress: Sendable, Hashable {
    /// 0 to 1 000 000.
    public let partsPerMillion: UInt32
    /// What was being done.
    public let note: String
  }

  /// `.ok`, or the kind of failure.
  public internal(set) var status: PluginFailure.Status
  /// The result, or the failure's JSON.
  public internal(set) var payload: Payload
  /// The chunks in the order in which they came.
  public internal(set) var chunks: [Payload] = []
  /// The progress in the order in which it came.
  public internal(set) var progress: [Progress] = []

  /// The result as text.
  public var text: String { payload.text }

  /// The failure; `nil` when the call succeeded.
  public var failure: PluginFailure? {
    status.isFailure ? PluginFailure(status: status, payload: payload, of: "the command") : nil
  }

  /// Reads the result as JSON.
  public func decode<T: Decodable>(_ type: T.Type = T.self) throws -> T { try payload.decode(type) }
}

extension Payload {
  /// The bytes as text; what is not UTF-8 becomes the replacement character.
  var text: String { String(decoding: bytes, as: UTF8.self) }
}
