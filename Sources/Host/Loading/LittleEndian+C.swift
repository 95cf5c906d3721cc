// SPDX-License-Identifier: Apache-2.0

/// Whole numbers out of little-endian bytes; nil for all that lies outside.
extension [UInt8] {
  func uint16(at offset: Int) -> UInt16? { number(at: offset) }
  func uint32(at offset: Int) -> UInt32? { number(at: offset) }
  func uint64(at offset: Int) -> UInt64? { number(at: offset) }

  private func number<Number: FixedWidthInteger & BitwiseCopyable>(at offset: Int) -> Number? {
    guard offset >= 0, offset <= count - MemoryLayout<Number>.size else { return nil }
    return Number(littleEndian: unsafe span.bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: Number.self))
  }

  /// The bytes up to the next zero; nil when there is none.
  func terminated(at offset: Int) -> ArraySlice<UInt8>? {
    guard offset >= 0, offset < count, let end = self[offset...].firstIndex(of: 0) else { return nil }
    return self[offset..<end]
  }

  /// The UTF-8 text up to the next zero; nil when there is no zero, or the bytes are not UTF-8.
  func text(at offset: Int) -> String? {
    terminated(at: offset).flatMap { String(validating: $0, as: UTF8.self) }
  }
}
