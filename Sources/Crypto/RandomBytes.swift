// SPDX-License-Identifier: Apache-2.0

internal import CCrypto

/// Bytes nobody can guess.
public enum RandomBytes {
  /// Makes so many.
  public static func make(_ count: Int) throws(CryptoError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    guard unsafe RAND_bytes(&bytes, Int32(count)) == 1 else { throw CryptoError("make \(count) random bytes") }
    return bytes
  }

  /// Makes so many, written as twice as many lower-case hexadecimal digits.
  public static func hexadecimal(_ count: Int) throws(CryptoError) -> String {
    let digits = Array("0123456789abcdef".utf8)
    return String(decoding: try make(count).flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }
}
