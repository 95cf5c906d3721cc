// SPDX-License-Identifier: Apache-2.0

internal import Crypto

extension SHA256 {
  /// Appends the first `count` bytes of a buffer.
  func update(_ bytes: [UInt8], count: Int) throws {
    try unsafe bytes.withUnsafeBytes { try unsafe update(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
  }
}
