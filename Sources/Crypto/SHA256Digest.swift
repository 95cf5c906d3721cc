// SPDX-License-Identifier: Apache-2.0

/// The 32 bytes that SHA-256 makes of a message.
public struct SHA256Digest: Sendable, Hashable, CustomStringConvertible {
  /// How many bytes there are.
  public static let count = 32

  /// Always 32.
  public let bytes: [UInt8]

  init(_ bytes: [UInt8]) {
    precondition(bytes.count == Self.count, "a SHA-256 digest has 32 bytes")
    self.bytes = bytes
  }

  /// As 64 lower-case hexadecimal digits, as `sha256sum` prints it.
  public var description: String {
    let digits = Array("0123456789abcdef".utf8)
    return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }
}
