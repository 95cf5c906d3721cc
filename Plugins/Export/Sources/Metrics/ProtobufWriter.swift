// SPDX-License-Identifier: Apache-2.0

/// Writes the few kinds of protobuf fields that an event has.
struct ProtobufWriter {
  private(set) var bytes: [UInt8] = []

  mutating func double(_ field: UInt64, _ value: Double) {
    key(field, 1)
    fixed(value.bitPattern, bytes: 8)
  }

  mutating func float(_ field: UInt64, _ value: Float) {
    key(field, 5)
    fixed(UInt64(value.bitPattern), bytes: 4)
  }

  /// Numbers below zero take ten bytes, as protobuf wants it for int64.
  mutating func integer(_ field: UInt64, _ value: Int64) {
    key(field, 0)
    varint(UInt64(bitPattern: value))
  }

  mutating func text(_ field: UInt64, _ value: String) { message(field, Array(value.utf8)) }

  mutating func message(_ field: UInt64, _ value: [UInt8]) {
    key(field, 2)
    varint(UInt64(value.count))
    bytes += value
  }

  /// Little-endian, without a field's key.
  mutating func fixed(_ value: UInt64, bytes count: Int) {
    for index in 0..<count { bytes.append(UInt8(truncatingIfNeeded: value >> UInt64(8 * index))) }
  }

  private mutating func key(_ field: UInt64, _ wireType: UInt64) { varint(field << 3 | wireType) }

  private mutating func varint(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(rest & 0x7f) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }
}
