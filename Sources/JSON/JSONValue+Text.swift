// SPDX-License-Identifier: Apache-2.0

extension JSONValue {
  /// Writes this value as JSON text.
  ///
  /// Members are sorted by name, so equal values give equal text. Numbers are the shortest text that reads back as the same
  /// number; `nan` and the infinities, which JSON cannot say, become `null`.
  ///
  /// - Parameter pretty: One member or element a line, indented by two spaces, without a newline at the end.
  public func serialized(pretty: Bool = false) -> String {
    String(decoding: bytes(pretty: pretty), as: UTF8.self)
  }

  /// Writes this value as JSON text in UTF-8.
  public func bytes(pretty: Bool = false) -> [UInt8] {
    var writer = Writer(pretty: pretty)
    writer.write(self)
    return writer.text
  }
}

private struct Writer {
  let pretty: Bool
  var text: [UInt8] = []
  private var level = 0

  init(pretty: Bool) { self.pretty = pretty }

  mutating func write(_ value: JSONValue) {
    switch value {
    case .null: text += "null".utf8
    case .bool(let value): text += (value ? "true" : "false").utf8
    case .integer(let value): text += value.description.utf8
    case .number(let value): text += (value.isFinite ? value.description : "null").utf8
    case .string(let value): write(value)
    case .array(let elements): write(elements, between: "[", "]") { $0.write($1) }
    case .object(let members): write(members.sorted { $0.key < $1.key }, between: "{", "}") { $0.write($1) }
    }
  }

  private mutating func write(_ member: (key: String, value: JSONValue)) {
    write(member.key)
    text += (pretty ? ": " : ":").utf8
    write(member.value)
  }

  private mutating func write<Item>(
    _ items: [Item], between open: Unicode.Scalar, _ close: Unicode.Scalar, _ body: (inout Writer, Item) -> Void
  ) {
    text.append(UInt8(ascii: open))
    level += 1
    for (index, item) in items.enumerated() {
      if index > 0 { text.append(UInt8(ascii: ",")) }
      breakLine()
      body(&self, item)
    }
    level -= 1
    if !items.isEmpty { breakLine() }
    text.append(UInt8(ascii: close))
  }

  private mutating func breakLine() {
    guard pretty else { return }
    text.append(UInt8(ascii: "\n"))
    text += repeatElement(UInt8(ascii: " "), count: 2 * level)
  }

  private mutating func write(_ string: String) {
    text.append(UInt8(ascii: "\""))
    var string = string
    // What needs no escape is copied in runs: byte by byte a long text would be the slowest part of a message.
    string.withUTF8 { bytes in
      var start = 0
      while true {
        let end = unsafe firstToEscape(bytes, from: start)
        unsafe text.append(contentsOf: bytes[start..<end])
        guard end < bytes.count else { break }
        unsafe writeEscape(of: bytes[end])
        start = end + 1
      }
    }
    text.append(UInt8(ascii: "\""))
  }

  private mutating func writeEscape(of byte: UInt8) {
    switch byte {
    case UInt8(ascii: "\""): text += "\\\"".utf8
    case UInt8(ascii: "\\"): text += "\\\\".utf8
    case UInt8(ascii: "\n"): text += "\\n".utf8
    case UInt8(ascii: "\r"): text += "\\r".utf8
    case UInt8(ascii: "\t"): text += "\\t".utf8
    default: writeEscaped(byte)
    }
  }

  private mutating func writeEscaped(_ byte: UInt8) {
    let digits = Array("0123456789abcdef".utf8)
    text += "\\u00".utf8
    text += [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
  }
}

/// Where the first byte stands that cannot be written as it is; the end, when there is none. Eight at a time.
private func firstToEscape(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Int {
  let raw = UnsafeRawBufferPointer(bytes)
  var index = start
  while index + 8 <= bytes.count {
    let block = unsafe raw.loadUnaligned(fromByteOffset: index, as: UInt64.self)
    if holds(block, below: 0x20) || holds(block, UInt8(ascii: "\"")) || holds(block, UInt8(ascii: "\\")) || holds(block, 0x7F) { break }
    index += 8
  }
  while index < bytes.count {
    let byte = unsafe bytes[index]
    if byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") || byte == 0x7F { return index }
    index += 1
  }
  return index
}

private let ones: UInt64 = 0x0101_0101_0101_0101
private let highs: UInt64 = 0x8080_8080_8080_8080

/// Whether one of eight bytes is below a limit of at most 128.
@inline(__always) private func holds(_ block: UInt64, below limit: UInt8) -> Bool {
  (block &- ones &* UInt64(limit)) & ~block & highs != 0
}

@inline(__always) private func holds(_ block: UInt64, _ byte: UInt8) -> Bool { holds(block ^ ones &* UInt64(byte), below: 1) }
