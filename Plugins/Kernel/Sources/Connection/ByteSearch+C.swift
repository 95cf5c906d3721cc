// SPDX-License-Identifier: Apache-2.0

internal import Glibc

extension [UInt8] {
  /// Whether these bytes hold others somewhere. `memmem` is hidden behind _GNU_SOURCE; this looks for the first byte by `memchr`.
  func holds(_ needle: [UInt8]) -> Bool {
    guard let first = needle.first else { return true }
    return unsafe withUnsafeBytes { hay in
      unsafe needle.withUnsafeBytes { needle in
        var at = 0
        while at + needle.count <= hay.count {
          guard let base = hay.baseAddress, let sought = needle.baseAddress,
            let found = unsafe memchr(base + at, Int32(first), hay.count - needle.count - at + 1)
          else { return false }
          if unsafe memcmp(found, sought, needle.count) == 0 { return true }
          at = unsafe UnsafeRawPointer(found) - base + 1
        }
        return false
      }
    }
  }
}

extension Span<UInt8> {
  /// Whether these are exactly those bytes.
  func isEqual(to bytes: Span<UInt8>) -> Bool {
    guard count == bytes.count else { return false }
    guard !isEmpty else { return true }
    return unsafe withUnsafeBytes { one in
      // Not empty, so both have an address.
      unsafe bytes.withUnsafeBytes { other in unsafe memcmp(one.baseAddress!, other.baseAddress!, one.count) == 0 }
    }
  }
}
