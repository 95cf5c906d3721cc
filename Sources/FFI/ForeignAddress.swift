// SPDX-License-Identifier: Apache-2.0

internal import CFFI
internal import Glibc

/// Reads what C points to. The address is believed: C gave it, and a wrong one ends the process.
public enum ForeignAddress {
  /// Copies text up to its NUL, which is not copied; nil when there is none within `limit` bytes.
  public static func text(at address: UInt64, limit: Int) -> [UInt8]? {
    guard let start = unsafe UnsafeRawPointer(bitPattern: UInt(address)) else { return nil }
    let count = unsafe strnlen(start.assumingMemoryBound(to: CChar.self), limit)
    guard count < limit else { return nil }
    return unsafe [UInt8](UnsafeRawBufferPointer(start: start, count: count))
  }

  /// Copies bytes; none from address 0.
  public static func bytes(at address: UInt64, count: Int) -> [UInt8] {
    guard let start = unsafe UnsafeRawPointer(bitPattern: UInt(address)) else { return [] }
    return unsafe [UInt8](UnsafeRawBufferPointer(start: start, count: count))
  }
}

/// The system's words for `errno`.
public enum SystemErrorNumber {
  /// Such as "ENOENT"; nil for a number without a name, and for 0.
  public static func name(_ number: Int32) -> String? {
    number == 0 ? nil : unsafe strerrorname_np(number).map { unsafe String(cString: $0) }
  }

  /// Such as "No such file or directory".
  public static func text(_ number: Int32) -> String {
    var buffer = [CChar](repeating: 0, count: 256)
    guard unsafe strerror_r(number, &buffer, buffer.count) == 0 else { return "error \(number)" }
    return String(decoding: buffer.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }
}
