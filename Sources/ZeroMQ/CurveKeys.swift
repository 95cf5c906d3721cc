// SPDX-License-Identifier: Apache-2.0

internal import CZeroMQ

/// A key pair of CURVE, the library's encryption. Both are Z85, 40 characters.
public struct CurveKeys: Sendable, Hashable {
  /// May be told.
  public let publicKey: String
  /// Must not be told.
  public let secretKey: String

  /// Takes a pair that exists.
  public init(publicKey: String, secretKey: String) {
    self.publicKey = publicKey
    self.secretKey = secretKey
  }

  /// Makes a fresh pair.
  public static func make() throws(ZeroMQError) -> CurveKeys {
    var publicText = [CChar](repeating: 0, count: 41)
    var secretText = [CChar](repeating: 0, count: 41)
    guard unsafe zmq_curve_keypair(&publicText, &secretText) == 0 else { throw ZeroMQError("make a pair of CURVE keys") }
    return CurveKeys(publicKey: text(publicText), secretKey: text(secretText))
  }

  private static func text(_ characters: [CChar]) -> String {
    String(decoding: characters.prefix(40).map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }
}
