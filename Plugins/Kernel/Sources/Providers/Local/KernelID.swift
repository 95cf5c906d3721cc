// SPDX-License-Identifier: Apache-2.0

internal import Crypto

/// Names of kernel processes.
enum KernelID {
  /// A UUID of version 4.
  static func make() throws -> String {
    var digits = Array(try RandomBytes.hexadecimal(16))
    digits[12] = "4"
    digits[16] = ["8", "9", "a", "b"][(digits[16].hexDigitValue ?? 0) & 3]
    for place in [20, 16, 12, 8] { digits.insert("-", at: place) }
    return String(digits)
  }
}
