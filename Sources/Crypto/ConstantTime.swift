// SPDX-License-Identifier: Apache-2.0

internal import CCrypto

/// Comparisons that take as long for a wrong guess as for a right one.
public enum ConstantTime {
  /// Whether two secrets of a known length are equal. The time tells their lengths, and nothing else.
  public static func areEqual(_ one: [UInt8], _ other: [UInt8]) -> Bool {
    guard one.count == other.count else { return false }
    return unsafe CRYPTO_memcmp(one, other, one.count) == 0
  }

  /// Whether two secrets of a known length are equal. The time tells their lengths, and nothing else.
  public static func areEqual(_ one: Span<UInt8>, _ other: Span<UInt8>) -> Bool {
    guard one.count == other.count else { return false }
    return unsafe one.withUnsafeBytes { one in
      unsafe other.withUnsafeBytes { other in unsafe CRYPTO_memcmp(one.baseAddress, other.baseAddress, one.count) == 0 }
    }
  }
}
