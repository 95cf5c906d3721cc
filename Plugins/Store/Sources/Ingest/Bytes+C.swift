// SPDX-License-Identifier: Apache-2.0
// Copies of lent bytes: the one place here with pointers, because neither arrays nor strings take spans.

extension [UInt8] {
  /// Appends lent bytes.
  mutating func append(copying bytes: Span<UInt8>) {
    unsafe bytes.withUnsafeBufferPointer { unsafe append(contentsOf: $0) }
  }
}

extension String {
  /// Copies a lent text.
  init(decodingUTF8 text: Span<UInt8>) {
    self = unsafe text.withUnsafeBufferPointer { unsafe String(decoding: $0, as: UTF8.self) }
  }
}
