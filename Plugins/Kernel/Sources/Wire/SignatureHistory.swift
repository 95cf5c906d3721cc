// SPDX-License-Identifier: Apache-2.0

/// Remembers the last signatures, so that a message recorded from the wire is not taken twice.
///
/// Of each signature 64 bits are kept: they come from messages whose sender had the key, and two of 65 536 honest ones share them
/// once in ten billion runs. The oldest goes when it is full, so that exactly the last ones are known.
struct SignatureHistory: Sendable {
  /// How many are remembered. As in jupyter_client, which drops a tenth at random when it has so many.
  static let capacity = 65_536

  private var known: Set<UInt64> = []
  private var order: [UInt64] = []
  private var oldest = 0

  /// How many are remembered now.
  var count: Int { known.count }

  /// Remembers a signature.
  ///
  /// - Returns: False when it is known already.
  mutating func remember(_ signature: [UInt8]) -> Bool {
    let short = Self.short(signature)
    guard known.insert(short).inserted else { return false }
    if order.count < Self.capacity {
      order.append(short)
    } else {
      known.remove(order[oldest])
      order[oldest] = short
      oldest = (oldest + 1) % Self.capacity
    }
    return true
  }

  /// The first 16 hexadecimal digits.
  private static func short(_ signature: [UInt8]) -> UInt64 {
    signature.prefix(16).reduce(0) { $0 << 4 | UInt64($1 < 0x3A ? $1 & 15 : ($1 & 15) + 9) }
  }
}
