// SPDX-License-Identifier: Apache-2.0
// Values in the payload of a frame: numbers of 64 bits, and bytes with their length before them.

struct ByteWriter {
  private(set) var bytes: [UInt8] = []

  mutating func write(_ number: UInt64) {
    for shift in stride(from: 0, to: 64, by: 8) { bytes.append(UInt8(truncatingIfNeeded: number >> UInt64(shift))) }
  }

  mutating func write(_ content: [UInt8]) {
    write(UInt64(content.count))
    bytes += content
  }

  mutating func write(_ text: String) { write(Array(text.utf8)) }

  mutating func write(_ texts: [String]) {
    write(UInt64(texts.count))
    for text in texts { write(text) }
  }
}

/// Reads what `ByteWriter` wrote; nil where the bytes end too early.
struct ByteReader {
  private var rest: ArraySlice<UInt8>

  init(_ bytes: [UInt8]) { rest = bytes[...] }

  mutating func number() -> UInt64? {
    guard rest.count >= 8 else { return nil }
    defer { rest = rest.dropFirst(8) }
    return rest.prefix(8).reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }

  mutating func content() -> [UInt8]? {
    guard let length = number(), length <= UInt64(rest.count) else { return nil }
    defer { rest = rest.dropFirst(Int(length)) }
    return Array(rest.prefix(Int(length)))
  }

  mutating func text() -> String? { content().flatMap { String(validating: $0, as: UTF8.self) } }

  mutating func texts() -> [String]? {
    guard let count = number(), count <= UInt64(rest.count) else { return nil }
    var texts: [String] = []
    for _ in 0..<count {
      guard let text = text() else { return nil }
      texts.append(text)
    }
    return texts
  }
}
