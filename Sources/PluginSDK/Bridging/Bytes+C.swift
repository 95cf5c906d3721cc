// SPDX-License-Identifier: Apache-2.0
// Text and bytes to and from the boundary. Whatever comes in is copied; odd input is repaired, never trapped on.

internal import PluginAPI

typealias CallID = UInt64

extension [UInt8] {
  /// Lends the bytes for one call.
  func withCBytes<Result>(_ body: (jf_bytes) -> Result) -> Result {
    unsafe withUnsafeBufferPointer { unsafe body(jf_bytes($0)) }
  }

  /// Copies what was lent.
  init(copying span: Span<UInt8>) { self = unsafe span.withUnsafeBufferPointer { unsafe Array($0) } }

  /// Copies what was lent.
  init(_ bytes: jf_bytes) { unsafe self.init(UnsafeBufferPointer(bytes)) }
}

extension String {
  /// Lends the text for one call.
  func withCText<Result>(_ body: (jf_text) -> Result) -> Result {
    var copy = self
    return copy.withUTF8 { buffer in
      unsafe buffer.withMemoryRebound(to: CChar.self) { unsafe body(jf_text(data: $0.baseAddress, length: UInt64($0.count))) }
    }
  }

  /// Copies what was lent; bytes that are not UTF-8 become the replacement character.
  init(_ text: jf_text) {
    guard let data = unsafe text.data, let length = unsafe Int(exactly: text.length), length > 0 else {
      self = ""
      return
    }
    self = unsafe String(decoding: UnsafeRawBufferPointer(start: data, count: length), as: UTF8.self)
  }
}

extension jf_bytes {
  init(_ buffer: UnsafeBufferPointer<UInt8>) {
    unsafe self.init(data: buffer.baseAddress, length: UInt64(buffer.count))
  }
}

extension UnsafeBufferPointer<UInt8> {
  /// What was lent; nothing when there is no pointer or the length cannot be one.
  init(_ bytes: jf_bytes) {
    guard let data = unsafe bytes.data, let length = unsafe Int(exactly: bytes.length) else {
      unsafe self.init(start: nil, count: 0)
      return
    }
    unsafe self.init(start: data, count: length)
  }
}
