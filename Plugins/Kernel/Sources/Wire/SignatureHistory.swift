// SPDX-License-Identifier: Apache-2.0

/// Remembers the last signatures, so that a message recorded from the wire is not taken twice.
///
/// Of each signature 64 bits are kept: they come from messages whose sender had the key, and two of 65 536 honest ones share them
/// once in ten billion runs. The oldest goes when it is full, so that exactly the last ones are known.
struct SignatureHistory: Sendable {
  /// How many are remembered. As in jupyter_client, which drops a tenth at random when it has so many.
  static let capacity = 65_536

  private var known = SignatureSet()
  private var order: [UInt64] = []
  private var oldest = 0

  /// How many are remembered now.
  var count: Int { order.count }

  /// Remembers a signature.
  ///
  /// - Returns: False when it is known already.
  mutating func remember(_ signature: [UInt8]) -> Bool {
    let short = Self.short(signature)
    guard !known.contains(short) else { return false }
    if order.count < Self.capacity {
      order.append(short)
    } else {
      known.remove(order[oldest])
      order[oldest] = short
      oldest = (oldest + 1) % Self.capacity
    }
    known.insert(short)
    return true
  }

  /// The first 16 hexadecimal digits; never 0.
  private static func short(_ signature: [UInt8]) -> UInt64 {
    let digits = signature.prefix(16).reduce(0) { $0 << 4 | UInt64($1 < 0x3A ? $1 & 15 : ($1 & 15) + 9) }
    return digits == 0 ? .max : digits
  }
}
