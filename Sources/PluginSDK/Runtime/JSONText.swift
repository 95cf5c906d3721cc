// SPDX-License-Identifier: Apache-2.0
// Writes the few JSON texts the SDK makes itself, where a full encoder would be slow and could fail.

/// JSON in the making.
package struct JSONText {
  package private(set) var bytes: [UInt8] = []

  /// Writes a flat object, keys sorted.
  mutating func append(object values: PluginLog.Values) {
    bytes.append(UInt8(ascii: "{"))
    for (index, key) in values.keys.sorted().enumerated() {
      if index > 0 { bytes.append(UInt8(ascii: ",")) }
      append(string: key)
      bytes.append(UInt8(ascii: ":"))
      if let value = values[key] { append(value: value) }
    }
    bytes.append(UInt8(ascii: "}"))
  }

  private mutating func append(value: any CustomStringConvertible & Sendable) {
    switch value {
    case let value as Bool: append(raw: value ? "true" : "false")
    case let value as any FixedWidthInteger: append(raw: "\(value)")
    case let value as Double where value.isFinite: append(raw: "\(value)")
    case let value as Float where value.isFinite: append(raw: "\(value)")
    default: append(string: value.description)
    }
  }

  /// Writes text that is JSON already.
  mutating func append(raw text: String) { bytes.append(contentsOf: text.utf8) }
  /// Writes bytes that are JSON already.
  mutating func append(raw text: [UInt8]) { bytes.append(contentsOf: text) }

  package init() {}

  /// Writes a string with its quotes.
  package mutating func append(string: String) {
    bytes.append(UInt8(ascii: "\""))
    for byte in string.utf8 {
      switch byte {
      case UInt8(ascii: "\""): append(raw: "\\\"")
      case UInt8(ascii: "\\"): append(raw: "\\\\")
      case 0x0A: append(raw: "\\n")
      case 0x0D: append(raw: "\\r")
      case 0x09: append(raw: "\\t")
      case 0..<0x20:
        append(raw: "\\u00")
        bytes.append(Self.hexadecimal(byte >> 4))
        bytes.append(Self.hexadecimal(byte & 15))
      default: bytes.append(byte)
      }
    }
    bytes.append(UInt8(ascii: "\""))
  }

  private static func hexadecimal(_ digit: UInt8) -> UInt8 {
    digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10
  }
}

extension String {
  /// The longest beginning that fits, cut between characters.
  func prefix(utf8Bytes limit: Int) -> String {
    guard utf8.count > limit else { return self }
    var end = utf8.index(startIndex, offsetBy: limit)
    while end > startIndex, end.samePosition(in: self) == nil { end = utf8.index(before: end) }
    return String(self[..<end])
  }
}
