// SPDX-License-Identifier: Apache-2.0

/// What the bytes of a payload are.
///
/// An open set: a newer host may send a value that is not named here.
public struct Content: RawRepresentable, Sendable, Hashable {
  /// The number that crosses the boundary.
  public let rawValue: UInt32

  /// Names a kind of content by its number.
  public init(rawValue: UInt32) { self.rawValue = rawValue }

  /// UTF-8 JSON, one value; the default, and what tools show.
  public static let json = Content(rawValue: 1)
  /// Raw bytes.
  public static let bytes = Content(rawValue: 2)
  /// CBOR, one item.
  public static let cbor = Content(rawValue: 3)

  /// The name a person reads in a message.
  var name: String {
    switch self {
    case .json: "JSON"
    case .bytes: "raw bytes"
    case .cbor: "CBOR"
    default: "content \(rawValue)"
    }
  }
}
