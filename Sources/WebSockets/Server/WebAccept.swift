// SPDX-License-Identifier: Apache-2.0

internal import CWebSockets

/// The server's proof that it has read the key of a WebSocket's handshake.
///
/// Source: RFC 6455, section 4.2.2.
enum WebAccept {
  /// - Returns: Nil when the key is not 16 bytes in base64.
  static func value(forKey key: String) -> String? {
    guard key.utf8.count == 24, key.hasSuffix("=="), key.utf8.dropLast(2).allSatisfy(isDigit) else { return nil }
    let text = Array((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").utf8)
    var digest = [UInt8](repeating: 0, count: 20)
    unsafe lws_SHA1(text, text.count, &digest)
    return unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: 32) { room in
      let written: Int32 = unsafe digest.withUnsafeBytes { bytes in
        guard let start = unsafe bytes.baseAddress?.assumingMemoryBound(to: CChar.self) else { return -1 }
        return unsafe lws_b64_encode_string(start, 20, room.baseAddress, 32)
      }
      guard written > 0 else { return nil }
      return unsafe String(decoding: UnsafeRawBufferPointer(start: room.baseAddress, count: Int(written)), as: UTF8.self)
    }
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
      UInt8(ascii: "+"), UInt8(ascii: "/"):
      true
    default: false
    }
  }
}
