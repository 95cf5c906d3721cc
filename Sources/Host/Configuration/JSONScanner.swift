// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials

/// Walks a JSON or JSON5 text once and notes where things stand; see JSONSourceMap.
struct JSONScanner {
  typealias Fault = JSONSourceMap.Fault

  private(set) var keys: [JSONPath: SourcePosition] = [:]
  private(set) var values: [JSONPath: SourcePosition] = [:]
  private(set) var repeated: [(path: JSONPath, position: SourcePosition)] = []

  private let text: [UInt8]
  private let dialect: JSONSourceMap.Dialect
  private var at = 0
  private var position = SourcePosition(line: 1, column: 1)
  private var depth = 0

  init(_ text: [UInt8], dialect: JSONSourceMap.Dialect) {
    self.text = text
    self.dialect = dialect
  }

  mutating func document() throws(Fault) {
    try space()
    guard at < text.count else { throw fault("the file is empty; write at least '{}'") }
    try value(JSONPath())
    try space()
    guard at == text.count else { throw fault("something follows the end of the document") }
  }

  private mutating func value(_ path: JSONPath) throws(Fault) {
    values[path] = position
    switch peek {
    case UInt8(ascii: "{"): try container(path, close: "}") { (scanner, _) throws(Fault) in try scanner.member(path) }
    case UInt8(ascii: "["):
      try container(path, close: "]") { (scanner, index) throws(Fault) in try scanner.value(path.appending(index)) }
    case UInt8(ascii: "\""), UInt8(ascii: "'"): _ = try quoted()
    default: try word()
    }
  }

  private mutating func container(
    _ path: JSONPath, close: Unicode.Scalar, _ item: (inout JSONScanner, Int) throws(Fault) -> Void
  ) throws(Fault) {
    depth += 1
    defer { depth -= 1 }
    guard depth <= 128 else { throw fault("nested deeper than 128 levels") }
    advance()
    try space()
    var index = 0
    while peek != UInt8(ascii: close) {
      guard at < text.count else { throw fault("'\(close)' is missing") }
      try item(&self, index)
      index += 1
      try space()
      if peek == UInt8(ascii: ",") {
        advance()
        try space()
        if dialect == .json, peek == UInt8(ascii: close) { throw fault("a comma stands before '\(close)'") }
      } else if peek != UInt8(ascii: close) {
        throw fault("',' or '\(close)' is missing")
      }
    }
    advance()
  }

  private mutating func member(_ parent: JSONPath) throws(Fault) {
    let start = position
    let path = parent.appending(try key())
    if keys.updateValue(start, forKey: path) != nil { repeated.append((path, start)) }
    try space()
    guard peek == UInt8(ascii: ":") else { throw fault("':' is missing after the key '\(path)'") }
    advance()
    try space()
    try value(path)
  }

  private mutating func key() throws(Fault) -> String {
    if peek == UInt8(ascii: "\"") || peek == UInt8(ascii: "'") { return try quoted() }
    let start = at
    while let byte = peek, byte >= 0x80 || Self.isWordByte(byte), byte != UInt8(ascii: "."), byte != UInt8(ascii: "+") { advance() }
    guard at > start else { throw fault("a key is missing") }
    guard dialect == .json5 else { throw Fault(position: position, message: "a key is not in quotes") }
    return String(decoding: text[start..<at], as: UTF8.self)
  }

  /// Passes a quoted text and gives what it means.
  private mutating func quoted() throws(Fault) -> String {
    guard let quote = peek, dialect == .json5 || quote == UInt8(ascii: "\"") else {
      throw fault("text stands in single quotes; use double ones")
    }
    let start = (at, position)
    var escaped = false
    advance()
    while let byte = peek, byte != quote {
      if byte == UInt8(ascii: "\n") { throw Fault(position: start.1, message: "a text is not closed in its line") }
      if byte == UInt8(ascii: "\\") {
        escaped = true
        advance()
      }
      advance()
    }
    guard peek == quote else { throw Fault(position: start.1, message: "a text is not closed") }
    advance()
    guard escaped else { return String(decoding: text[(start.0 + 1)..<(at - 1)], as: UTF8.self) }
    return try meaning(of: text[start.0..<at], at: start.1)
  }

  private func meaning(of literal: ArraySlice<UInt8>, at start: SourcePosition) throws(Fault) -> String {
    let decoder = JSONDecoder()
    decoder.allowsJSON5 = dialect == .json5
    do {
      return try decoder.decode([String].self, from: Data("[".utf8) + literal + Data("]".utf8))[0]
    } catch {
      throw Fault(position: start, message: "a text holds a wrong escape")
    }
  }

  /// Passes true, false, null, or a number.
  private mutating func word() throws(Fault) {
    let start = (at, position)
    while let byte = peek, Self.isWordByte(byte) { advance() }
    let word = String(decoding: text[start.0..<at], as: UTF8.self)
    guard !word.isEmpty else { throw fault("a value is missing") }
    guard ["true", "false", "null"].contains(word) || Self.isNumber(word, dialect) else {
      throw Fault(position: start.1, message: "'\(word)' is neither true, false, null, nor a number; put text in quotes")
    }
  }

  private static func isNumber(_ word: String, _ dialect: JSONSourceMap.Dialect) -> Bool {
    guard dialect == .json5 else { return Double(word) != nil && word.first?.isLetter == false && word.first != "+" && word.first != "." }
    let unsigned = word.drop { $0 == "+" || $0 == "-" }
    guard word.count - unsigned.count <= 1 else { return false }
    if unsigned == "Infinity" || unsigned == "NaN" { return true }
    if unsigned.hasPrefix("0x") || unsigned.hasPrefix("0X") { return UInt64(unsigned.dropFirst(2), radix: 16) != nil }
    return unsigned.first?.isLetter == false && (Double(unsigned) != nil || Double("0\(unsigned)0") != nil)
  }

  // MARK: - Bytes

  private var peek: UInt8? { at < text.count ? text[at] : nil }

  private mutating func advance() {
    guard at < text.count else { return }
    let byte = text[at]
    at += 1
    if byte == UInt8(ascii: "\n") {
      position = SourcePosition(line: position.line + 1, column: 1)
    } else if at == text.count || text[at] & 0xC0 != 0x80 {
      position.column += 1
    }
  }

  private mutating func space() throws(Fault) {
    while let byte = peek {
      switch byte {
      case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\n"), UInt8(ascii: "\r"): advance()
      case 0x0B, 0x0C, 0xC2, 0xE2, 0xEF:
        guard dialect == .json5, let count = wideSpace else { return }
        for _ in 0..<count { advance() }
      case UInt8(ascii: "/"): try comment()
      default: return
      }
    }
  }

  /// How many bytes the further white space of JSON5 at this place has: VT, FF, no-break space, line separators, byte order mark.
  private var wideSpace: Int? {
    let known: [[UInt8]] = [[0x0B], [0x0C], [0xC2, 0xA0], [0xE2, 0x80, 0xA8], [0xE2, 0x80, 0xA9], [0xEF, 0xBB, 0xBF]]
    return known.first { text[at...].starts(with: $0) }?.count
  }

  private mutating func comment() throws(Fault) {
    let start = position
    guard dialect == .json5 else { throw fault("comments are not allowed here") }
    if text[at...].starts(with: Array("//".utf8)) {
      while let byte = peek, byte != UInt8(ascii: "\n") { advance() }
    } else if text[at...].starts(with: Array("/*".utf8)) {
      advance()
      advance()
      while at < text.count, !text[at...].starts(with: Array("*/".utf8)) { advance() }
      guard at < text.count else { throw Fault(position: start, message: "a comment is not closed") }
      advance()
      advance()
    } else {
      throw fault("a single '/' stands here")
    }
  }

  private func fault(_ message: String) -> Fault { Fault(position: position, message: message) }

  private static func isWordByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
      UInt8(ascii: "_"), UInt8(ascii: "$"), UInt8(ascii: "."), UInt8(ascii: "+"), UInt8(ascii: "-"):
      true
    default: false
    }
  }
}
