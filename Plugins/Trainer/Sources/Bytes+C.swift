// SPDX-License-Identifier: Apache-2.0
// The places where spans of bytes meet C: the search for a newline, and copies.

internal import Glibc

/// Finds the first newline at or after an index. `memchr` is many times faster than a loop over a span.
func newline(in bytes: Span<UInt8>, from start: Int) -> Int? {
  guard start < bytes.count else { return nil }
  return unsafe bytes.withUnsafeBytes { unsafe newline(in: $0, from: start) }
}

private func newline(in bytes: UnsafeRawBufferPointer, from start: Int) -> Int? {
  guard let base = bytes.baseAddress, let found = unsafe memchr(base + start, 0x0A, bytes.count - start) else { return nil }
  return unsafe UnsafeRawPointer(found) - base
}

/// Appends by one copy.
func append(_ bytes: Span<UInt8>, to array: inout [UInt8]) {
  unsafe bytes.withUnsafeBufferPointer { unsafe array.append(contentsOf: $0) }
}

/// Copies a span.
func copy(_ bytes: Span<UInt8>) -> [UInt8] { unsafe bytes.withUnsafeBufferPointer { unsafe Array($0) } }
