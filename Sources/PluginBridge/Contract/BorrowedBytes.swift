// SPDX-License-Identifier: Apache-2.0
// Bytes and text that a plugin lends for one call, turned into values of our own, with everything checked that can be wrong with them.
import PluginAPI

extension jf_bytes {
  /// - Returns: nil when the length is not zero but there is no data.
  var buffer: UnsafeRawBufferPointer? {
    guard unsafe length > 0 else { return unsafe UnsafeRawBufferPointer(start: nil, count: 0) }
    guard let data = unsafe data, let count = unsafe Int(exactly: length) else { return nil }
    return unsafe UnsafeRawBufferPointer(start: data, count: count)
  }
}

extension jf_text {
  /// - Returns: nil when there is no data for the length, or it is not UTF-8, or longer than `limit` bytes.
  func string(limit: Int) -> String? {
    guard unsafe length > 0 else { return "" }
    guard let data = unsafe data, unsafe length <= UInt64(limit) else { return nil }
    let bytes = unsafe UnsafeBufferPointer(start: UnsafeRawPointer(data).assumingMemoryBound(to: UInt8.self), count: Int(length))
    return unsafe String(validating: bytes, as: UTF8.self)
  }
}

/// What is wrong with bytes from a plugin, or nothing.
func judgePayload(_ bytes: jf_bytes, content: UInt32, limit: Int) -> (buffer: UnsafeRawBufferPointer, status: CallStatus) {
  let nothing = unsafe UnsafeRawBufferPointer(start: nil, count: 0)
  guard unsafe bytes.length <= UInt64(limit) else { return unsafe (nothing, .tooLarge) }
  guard let buffer = unsafe bytes.buffer else { return unsafe (nothing, .invalid) }
  guard content != Content.json.rawValue || (unsafe isUTF8(buffer)) else { return unsafe (nothing, .invalid) }
  return unsafe (buffer, .ok)
}

private func isUTF8(_ buffer: UnsafeRawBufferPointer) -> Bool {
  let span = unsafe Span<UInt8>(_unsafeBytes: buffer)
  return (try? UTF8Span(validating: span)) != nil
}

extension [UInt8] {
  /// Lends the bytes to a plugin for the length of `body`.
  func lend<R>(_ body: (jf_bytes) -> R) -> R {
    unsafe withUnsafeBufferPointer { buffer in unsafe body(jf_bytes(data: buffer.baseAddress, length: UInt64(buffer.count))) }
  }
}

extension String {
  /// Lends the text to a plugin for the length of `body`.
  func lend<R>(_ body: (jf_text) -> R) -> R {
    var copy = self
    return copy.withUTF8 { utf8 in
      let start = unsafe UnsafeRawPointer(utf8.baseAddress)?.assumingMemoryBound(to: CChar.self)
      return unsafe body(jf_text(data: start, length: UInt64(utf8.count)))
    }
  }
}
