// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// Memory that C may read and write: zeroed, aligned to 64 bytes, at one place until it is freed with this object.
///
/// Every access of ours is checked against its size; what C does with the address is not.
@safe public final class ForeignMemory {
  /// In bytes.
  public let count: Int
  private let start: UnsafeMutableRawPointer

  /// Takes memory from the system; nil when there is none.
  public init?(count: Int) {
    var taken: UnsafeMutableRawPointer?
    guard count >= 0, unsafe posix_memalign(&taken, 64, max(1, count)) == 0, let start = unsafe taken else { return nil }
    unsafe memset(start, 0, max(1, count))
    self.count = count
    unsafe self.start = start
  }

  deinit { unsafe free(start) }

  /// Where it is; never 0.
  public var address: UInt64 { unsafe UInt64(UInt(bitPattern: start)) }

  private func check(_ offset: Int, _ size: Int) {
    precondition(offset >= 0 && size >= 0 && offset <= count && size <= count - offset, "\(size) bytes at \(offset) of \(count)")
  }

  /// Writes the lowest `size` bytes of a value.
  public func store(_ bits: UInt64, size: Int, at offset: Int) {
    check(offset, size)
    unsafe withUnsafeBytes(of: bits) { bytes in
      unsafe (start + offset).copyMemory(from: bytes.baseAddress!, byteCount: min(size, 8))  // 8 bytes: not empty
    }
  }

  /// Copies bytes in.
  public func store(_ bytes: [UInt8], at offset: Int = 0) {
    check(offset, bytes.count)
    unsafe bytes.withUnsafeBytes { bytes in
      guard let source = bytes.baseAddress else { return }
      unsafe (start + offset).copyMemory(from: source, byteCount: bytes.count)
    }
  }

  /// Copies lent bytes in.
  public func store(_ bytes: Span<UInt8>, at offset: Int = 0) {
    check(offset, bytes.count)
    unsafe bytes.withUnsafeBytes { bytes in
      guard let source = bytes.baseAddress else { return }
      unsafe (start + offset).copyMemory(from: source, byteCount: bytes.count)
    }
  }

  /// Reads a value of up to 8 bytes.
  public func load(size: Int, at offset: Int) -> UInt64 {
    check(offset, size)
    var bits: UInt64 = 0
    unsafe withUnsafeMutableBytes(of: &bits) { bytes in
      unsafe bytes.baseAddress!.copyMemory(from: start + offset, byteCount: min(size, 8))  // 8 bytes: not empty
    }
    return bits
  }

  /// Copies bytes out.
  public func bytes(at offset: Int = 0, count: Int) -> [UInt8] {
    check(offset, count)
    return unsafe [UInt8](UnsafeRawBufferPointer(start: start + offset, count: count))
  }

  /// Makes everything zero again.
  public func clear() { unsafe memset(start, 0, count) }
}
