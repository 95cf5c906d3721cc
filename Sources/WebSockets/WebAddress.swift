// SPDX-License-Identifier: Apache-2.0

/// An absolute address of the schemes http, https, ws and wss, taken apart.
public struct WebAddress: Sendable, Hashable, CustomStringConvertible {
  /// Whether the connection is encrypted: https or wss.
  public let isSecure: Bool
  /// A name or a numeric address, without brackets.
  public let host: String
  /// 80 or 443 when the text names none.
  public let port: Int
  /// Begins with a slash.
  public let path: String
  /// What follows the question mark; nil without one.
  public let query: String?

  /// Takes an address apart.
  ///
  /// - Throws: `invalid`: no such scheme, no host, a port out of range, a user's name in it, or characters that must be escaped.
  public init(_ text: String) throws(WebError) {
    guard let parts = Parts(text) else {
      throw WebError(
        .invalid, "'\(Self.withoutQuery(text))' is no address; it should look like 'http://HOST:PORT/PATH', with other characters escaped")
    }
    self.init(isSecure: parts.isSecure, host: parts.host, port: parts.port, path: parts.path, query: parts.query)
  }

  private init(isSecure: Bool, host: String, port: Int, path: String, query: String?) {
    self.isSecure = isSecure
    self.host = host
    self.port = port
    self.path = path
    self.query = query
  }

  /// Adds to the path: exactly one slash between both.
  ///
  /// - Parameters:
  ///   - path: With what must be escaped escaped.
  ///   - query: The same; replaces a query of before.
  public func appending(_ path: String, query: String? = nil) -> WebAddress {
    let base = self.path.hasSuffix("/") ? String(self.path.dropLast()) : self.path
    let added = path.hasPrefix("/") ? path : "/\(path)"
    return WebAddress(isSecure: isSecure, host: host, port: port, path: base + added, query: query)
  }

  /// As http or https, without the query: that may hold secrets.
  public var description: String { "\(isSecure ? "https" : "http")://\(hostAndPort)\(path)" }

  /// For the `Host` header: the port only when it is not the scheme's own.
  var hostHeader: String { port == (isSecure ? 443 : 80) ? bracketedHost : hostAndPort }

  /// Path and query, as they stand in a request.
  var target: String { query.map { "\(path)?\($0)" } ?? path }

  /// Makes text fit for one segment of a path or a value in a query.
  public static func escaped(_ text: String) -> String {
    let digits = Array("0123456789ABCDEF".utf8)
    var bytes: [UInt8] = []
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
        UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"):
        bytes.append(byte)
      default: bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }

  private var bracketedHost: String { host.contains(":") ? "[\(host)]" : host }
  private var hostAndPort: String { "\(bracketedHost):\(port)" }

  private static func withoutQuery(_ text: String) -> String {
    String(text.prefix { $0 != "?" }.prefix(200))
  }
}

/// The pieces of an address, while they are found.
private struct Parts {
  var isSecure: Bool
  var host: String
  var port: Int
  var path = "/"
  var query: String?

  private static let schemes = ["http://": false, "https://": true, "ws://": false, "wss://": true]

  init?(_ text: String) {
    guard text.utf8.count <= 8_192,
      text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }),
      let scheme = Self.schemes.first(where: { text.lowercased().hasPrefix($0.key) })
    else { return nil }
    isSecure = scheme.value
    port = scheme.value ? 443 : 80
    let rest = text.dropFirst(scheme.key.count)
    let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
    let target = rest.dropFirst(authority.count).prefix { $0 != "#" }
    guard !authority.contains("@"), let (host, port) = Self.split(authority) else { return nil }
    self.host = host
    self.port = port ?? self.port
    let path = target.prefix { $0 != "?" }
    if !path.isEmpty { self.path = String(path) }
    if path.count < target.count { query = String(target.dropFirst(path.count + 1)) }
  }

  private static func split(_ authority: Substring) -> (host: String, port: Int?)? {
    let isBracketed = authority.hasPrefix("[")
    let host = isBracketed ? authority.dropFirst().prefix { $0 != "]" } : authority.prefix { $0 != ":" }
    let rest = authority.dropFirst(host.count + (isBracketed ? 2 : 0))
    if isBracketed, !authority.contains("]") { return nil }
    guard !host.isEmpty, host.utf8.count <= 255 else { return nil }
    if rest.isEmpty || rest == ":" { return (String(host), nil) }
    guard rest.hasPrefix(":"), rest.dropFirst().allSatisfy(\.isWholeNumber), let port = Int(rest.dropFirst()), (1...65_535).contains(port)
    else {
      return nil
    }
    return (String(host), port)
  }
}
