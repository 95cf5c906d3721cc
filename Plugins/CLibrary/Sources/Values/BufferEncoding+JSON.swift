// SPDX-License-Identifier: Apache-2.0

import JSON
import PluginSDK
import Signatures

extension BufferEncoding {
  /// The bytes that a text stands for.
  func bytes(_ element: JSONElement) throws(Misfit) -> [UInt8] {
    let read: [UInt8]?? = element.withText { text in
      switch self {
      case .base64: Base64.bytes(text)
      case .hex: Hexadecimal.bytes(text)
      case .utf8: [UInt8](copying: text)
      }
    }
    guard let read else { throw Misfit("is \(element.inWords); write the bytes as \(inWords)") }
    guard let bytes = read else { throw Misfit("is not \(inWords); correct it") }
    guard bytes.count <= Limits.bytes else {
      throw Misfit("has \(bytes.count) bytes; at most \(Limits.bytes) (16 MiB) are taken", isTooLarge: true)
    }
    return bytes
  }

  private var inWords: String {
    switch self {
    case .base64: "base64 with padding"
    case .hex: "hexadecimal digits, two a byte"
    case .utf8: "text"
    }
  }

  /// Writes bytes as a JSON text.
  func append(_ bytes: [UInt8], to text: inout [UInt8]) {
    switch self {
    case .base64, .hex:
      text.append(UInt8(ascii: "\""))
      if self == .hex { Hexadecimal.append(bytes, to: &text) } else { Base64.append(bytes, to: &text) }
      text.append(UInt8(ascii: "\""))
    case .utf8: text.append(string: bytes)
    }
  }
}

extension [UInt8] {
  /// Copies lent bytes.
  init(copying span: Span<UInt8>) {
    self = []
    reserveCapacity(span.count)
    for index in span.indices { append(span[index]) }
  }

  /// Writes a JSON text; what is not UTF-8 becomes U+FFFD.
  mutating func append(string bytes: [UInt8]) {
    var writer = JSONText()
    writer.append(string: String(decoding: bytes, as: UTF8.self))
    self += writer.bytes
  }
}
