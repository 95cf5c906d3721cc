// SPDX-License-Identifier: Apache-2.0

internal import Crypto

/// The secret of one run, of which only the digest is kept.
enum RunToken {
  private static let bytes = 32

  static func make() throws -> String { try RandomBytes.hexadecimal(bytes) }

  /// The SHA-256 of a token as it is sent.
  static func digest(_ token: String) throws -> [UInt8] { try SHA256.digest(of: Array(token.utf8)).bytes }
}
