// SPDX-License-Identifier: Apache-2.0

/// The checksum of the records in event files: CRC-32C (Castagnoli), masked as TFRecord does.
///
/// Source: RFC 3720, appendix B.4, and tensorflow/core/lib/hash/crc32c.h.
enum CRC32C {
  private static let table: [UInt32] = (0..<256).map { index in
    (0..<8).reduce(UInt32(index)) { value, _ in value & 1 == 1 ? value >> 1 ^ 0x82f6_3b78 : value >> 1 }
  }

  static func checksum(of bytes: some Sequence<UInt8>) -> UInt32 {
    var value = UInt32.max
    for byte in bytes { value = value >> 8 ^ table[Int((value ^ UInt32(byte)) & 0xff)] }
    return ~value
  }

  static func masked(_ bytes: some Sequence<UInt8>) -> UInt32 {
    let value = checksum(of: bytes)
    return (value >> 15 | value << 17) &+ 0xa282_ead8
  }
}
