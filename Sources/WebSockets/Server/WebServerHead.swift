// SPDX-License-Identifier: Apache-2.0

/// What a client asked for, without the body.
public struct WebServerHead: Sendable, Hashable {
  /// In capitals, as "GET".
  public let method: String
  /// Path and query as they came. May hold secrets: for logs take `path`.
  public let target: String
  /// Names in lower case, in the order they came.
  public let headers: [WebHeader]
  /// Whether it is HTTP/1.1; else 1.0.
  let isModern: Bool

  /// Before the question mark, not decoded.
  public var path: String { String(target.prefix { $0 != "?" }) }

  /// After the question mark, not decoded; nil without one.
  public var query: String? {
    guard let mark = target.firstIndex(of: "?") else { return nil }
    return String(target[target.index(after: mark)...])
  }

  /// The path between its slashes, each piece decoded; nil when one is no UTF-8, holds a zero byte or a slash, or is "." or "..".
  public var segments: [String]? {
    var found: [String] = []
    for piece in path.dropFirst().split(separator: "/", omittingEmptySubsequences: false) {
      guard let text = Self.decoded(piece, plusIsSpace: false), !text.utf8.contains(0), !text.utf8.contains(UInt8(ascii: "/")),
        text != ".", text != ".."
      else { return nil }
      found.append(text)
    }
    return found
  }

  /// The first value of a name in the query, decoded as forms are: a plus is a blank. Nil without it or when it is no UTF-8.
  public func queryValue(_ name: String) -> String? {
    for pair in (query ?? "").split(separator: "&") {
      let found = pair.prefix { $0 != "=" }
      guard Self.decoded(found, plusIsSpace: true) == name else { continue }
      return Self.decoded(pair.dropFirst(found.count + 1), plusIsSpace: true)
    }
    return nil
  }

  /// The value of a header; `name` in lower case. The first, when there are several.
  public subscript(name: String) -> String? { headers.first { $0.name == name }?.value }

  /// The words of all headers of a name, which commas part; in lower case.
  func words(_ name: String) -> [String] {
    headers.filter { $0.name == name }.flatMap { $0.value.split(separator: ",") }.map { trimmed($0).lowercased() }.filter { !$0.isEmpty }
  }

  /// The sub-protocols that a WebSocket's client offers, best first.
  public var offeredProtocols: [String] {
    headers.filter { $0.name == "sec-websocket-protocol" }.flatMap { $0.value.split(separator: ",") }.map(trimmed).filter { !$0.isEmpty }
  }

  private static func decoded(_ text: some StringProtocol, plusIsSpace: Bool) -> String? {
    var bytes: [UInt8] = []
    var rest = text.utf8.makeIterator()
    while let byte = rest.next() {
      switch byte {
      case UInt8(ascii: "+") where plusIsSpace: bytes.append(UInt8(ascii: " "))
      case UInt8(ascii: "%"):
        guard let high = rest.next().flatMap(hexadecimal), let low = rest.next().flatMap(hexadecimal) else { return nil }
        bytes.append(high << 4 | low)
      default: bytes.append(byte)
      }
    }
    return String(validating: bytes, as: UTF8.self)
  }
}

/// Without the blanks and tabs around it.
func trimmed(_ text: some StringProtocol) -> String {
  let isBlank: (Character) -> Bool = { $0 == " " || $0 == "\t" }
  let start = text.drop(while: isBlank)
  return String(start.prefix(start.count - start.reversed().prefix(while: isBlank).count))
}

/// The value of a hexadecimal digit.
func hexadecimal(_ byte: UInt8) -> UInt8? {
  switch byte {
  case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
  case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
  case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
  default: nil
  }
}
