// SPDX-License-Identifier: Apache-2.0

internal import PluginSDK

/// How the bytes of a Python document become text: as its first two lines say (PEP 263), else as UTF-8.
enum SourceCoding: Sendable, Hashable {
  case utf8
  case latin1
  case latin9
  case windows1252

  /// - Throws: For a coding that is not known here.
  init(of bytes: [UInt8], path: String) throws {
    let isMarked = bytes.starts(with: [0xEF, 0xBB, 0xBF])
    guard let name = Self.name(in: bytes) else {
      self = .utf8
      return
    }
    guard let coding = Self.named(name), !isMarked || coding == .utf8 else {
      throw PluginFailure(
        "cannot read '\(path)': its coding is '\(name)'\(isMarked ? ", and it begins as UTF-8" : ""); utf-8, latin-1, iso-8859-15 and cp1252 "
          + "are read: save it as one of them, or give 'text'", code: "bad_coding", status: .invalid)
    }
    self = coding
  }

  /// - Throws: For bytes that are none of the coding's.
  func text(of bytes: [UInt8], path: String) throws -> String {
    switch self {
    case .utf8:
      guard let text = String(validating: bytes, as: UTF8.self) else {
        throw PluginFailure(
          "cannot read '\(path)': it is no UTF-8, and no line like '# -*- coding: latin-1 -*-' at its begin says what it is; save it as UTF-8, "
            + "or give 'text'", code: "bad_coding", status: .invalid)
      }
      return text
    case .latin1: return Self.text(bytes, besides: [:])
    case .latin9: return Self.text(bytes, besides: Self.latin9Letters)
    case .windows1252:
      if let stray = bytes.first(where: { (0x80..<0xA0).contains($0) && Self.windowsLetters[$0] == nil }) {
        throw PluginFailure(
          "cannot read '\(path)': its coding is cp1252, which has no character 0x\(String(stray, radix: 16)); save it as UTF-8, or give 'text'",
          code: "bad_coding", status: .invalid)
      }
      return Self.text(bytes, besides: Self.windowsLetters)
    }
  }

  private static func text(_ bytes: [UInt8], besides letters: [UInt8: Unicode.Scalar]) -> String {
    var text = String.UnicodeScalarView()
    for byte in bytes { text.append(letters[byte] ?? Unicode.Scalar(byte)) }
    return String(text)
  }

  // MARK: - Names

  /// Of a comment in one of the first two lines, as `^[ \t\f]*#.*?coding[:=][ \t]*([-_.a-zA-Z0-9]+)`; the second counts only behind a comment
  /// or an empty line.
  private static func name(in bytes: [UInt8]) -> String? {
    let start = bytes.prefix(4_096)
    let text = (start.starts(with: [0xEF, 0xBB, 0xBF]) ? start.dropFirst(3) : start).map { Character(Unicode.Scalar($0)) }
    for line in text.split(maxSplits: 2, omittingEmptySubsequences: false, whereSeparator: { $0 == "\n" || $0 == "\r" }).prefix(2) {
      let code = line.drop { $0 == " " || $0 == "\t" || $0 == "\u{C}" }
      guard code.isEmpty || code.first == "#" else { return nil }
      if let name = name(inComment: String(code)) { return name }
    }
    return nil
  }

  private static func name(inComment comment: String) -> String? {
    var rest = comment[...]
    while let word = rest.firstRange(of: "coding") {
      rest = rest[word.upperBound...]
      guard let sign = rest.first, sign == ":" || sign == "=" else { continue }
      let name = rest.dropFirst().drop { $0 == " " || $0 == "\t" }.prefix {
        $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0))
      }
      if !name.isEmpty { return String(name) }
    }
    return nil
  }

  private static func named(_ name: String) -> SourceCoding? {
    switch name.lowercased().replacing("_", with: "-") {
    case "utf-8", "utf8", "utf-8-sig", "u8", "ascii", "us-ascii", "utf-8-unix": .utf8
    case "latin-1", "latin1", "iso-8859-1", "iso8859-1", "l1", "iso-latin-1", "iso-latin-1-unix": .latin1
    case "iso-8859-15", "iso8859-15", "latin-9", "latin9", "l9", "iso-latin-9": .latin9
    case "cp1252", "windows-1252", "1252": .windows1252
    default: nil
    }
  }

  // MARK: - Letters

  /// What ISO 8859-15 has in other places than ISO 8859-1. Source: ISO/IEC 8859-15:1999.
  private static let latin9Letters: [UInt8: Unicode.Scalar] = [
    0xA4: "\u{20AC}", 0xA6: "\u{160}", 0xA8: "\u{161}", 0xB4: "\u{17D}", 0xB8: "\u{17E}", 0xBC: "\u{152}", 0xBD: "\u{153}", 0xBE: "\u{178}",
  ]

  /// What cp1252 has from 0x80 to 0x9F. Source: unicode.org/Public/MAPPINGS/VENDORS/MICSFT/WINDOWS/CP1252.TXT.
  private static let windowsLetters: [UInt8: Unicode.Scalar] = [
    0x80: "\u{20AC}", 0x82: "\u{201A}", 0x83: "\u{192}", 0x84: "\u{201E}", 0x85: "\u{2026}", 0x86: "\u{2020}", 0x87: "\u{2021}",
    0x88: "\u{2C6}", 0x89: "\u{2030}", 0x8A: "\u{160}", 0x8B: "\u{2039}", 0x8C: "\u{152}", 0x8E: "\u{17D}", 0x91: "\u{2018}",
    0x92: "\u{2019}", 0x93: "\u{201C}", 0x94: "\u{201D}", 0x95: "\u{2022}", 0x96: "\u{2013}", 0x97: "\u{2014}", 0x98: "\u{2DC}",
    0x99: "\u{2122}", 0x9A: "\u{161}", 0x9B: "\u{203A}", 0x9C: "\u{153}", 0x9E: "\u{17E}", 0x9F: "\u{178}",
  ]
}
