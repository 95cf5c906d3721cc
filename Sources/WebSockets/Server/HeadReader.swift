// SPDX-License-Identifier: Apache-2.0

/// Why a request is refused before anybody sees it.
struct WebRefusal: Error, Sendable, Hashable {
  let status: Int
  let reason: String
}

/// Reads the head of a request, strictly: what two programs could read in two ways is refused.
///
/// Source: RFC 9112.
struct HeadReader {
  /// In bytes.
  let limit: Int
  /// Up to where no blank line ends, so that a slow client costs no more than a fast one.
  private var searched = 0

  private static let headerLimit = 100

  init(limit: Int) { self.limit = limit }

  /// - Returns: The head, and how many bytes it took; nil when its end is not there yet.
  mutating func read(_ bytes: ArraySlice<UInt8>) throws(WebRefusal) -> (head: WebServerHead, length: Int)? {
    guard let length = try end(bytes) else {
      if bytes.count > limit { throw WebRefusal(status: 431, reason: "the head is longer than \(limit) bytes") }
      return nil
    }
    guard length <= limit else { throw WebRefusal(status: 431, reason: "the head is longer than \(limit) bytes") }
    searched = 0
    return (try Self.head(bytes.prefix(length - 4)), length)
  }

  /// The length up to and with the blank line.
  private mutating func end(_ bytes: ArraySlice<UInt8>) throws(WebRefusal) -> Int? {
    var index = bytes.startIndex + max(searched - 3, 0)
    while let feed = bytes[index...].firstIndex(of: UInt8(ascii: "\n")) {
      index = feed + 1
      guard feed > bytes.startIndex, bytes[feed - 1] == 13 else {
        throw WebRefusal(status: 400, reason: "a line of the head does not end with CR LF")
      }
      let length = index - bytes.startIndex
      if length >= 4, bytes[feed - 2] == 10, bytes[feed - 3] == 13 { return length }
    }
    searched = bytes.count
    return nil
  }

  private static func head(_ bytes: ArraySlice<UInt8>) throws(WebRefusal) -> WebServerHead {
    var lines = lines(bytes)[...]
    let (method, target, isModern) = try requestLine(lines.removeFirst())
    guard lines.count <= headerLimit else { throw WebRefusal(status: 431, reason: "there are more than \(headerLimit) headers") }
    var headers: [WebHeader] = []
    for line in lines { headers.append(try header(line)) }
    let hosts = headers.count { $0.name == "host" }
    guard hosts == 1 || (hosts == 0 && !isModern) else { throw WebRefusal(status: 400, reason: "there must be one Host header") }
    return WebServerHead(method: method, target: target, headers: headers, isModern: isModern)
  }

  /// Without their ends: each is known to be CR LF, but for the last one's, which is cut off.
  private static func lines(_ bytes: ArraySlice<UInt8>) -> [ArraySlice<UInt8>] {
    var lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    for index in lines.indices.dropLast() { lines[index] = lines[index].dropLast() }
    return lines
  }

  private static func requestLine(_ line: ArraySlice<UInt8>) throws(WebRefusal) -> (String, String, Bool) {
    let parts = line.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
    guard parts.count == 3, let method = text(parts[0], where: isTokenByte), let target = text(parts[1], where: { $0 > 0x20 && $0 < 0x7f })
    else { throw WebRefusal(status: 400, reason: "the first line is no request of HTTP") }
    switch String(decoding: parts[2], as: UTF8.self) {
    case "HTTP/1.1", "HTTP/1.0": break
    case let version where version.hasPrefix("HTTP/"): throw WebRefusal(status: 505, reason: "only HTTP/1.1 and 1.0 are spoken here")
    default: throw WebRefusal(status: 400, reason: "the first line is no request of HTTP")
    }
    guard target.hasPrefix("/"), !target.contains("#") else { throw WebRefusal(status: 400, reason: "the target is no path") }
    return (method, target, parts[2].last == UInt8(ascii: "1"))
  }

  private static func header(_ line: ArraySlice<UInt8>) throws(WebRefusal) -> WebHeader {
    guard let colon = line.firstIndex(of: UInt8(ascii: ":")), let name = text(line[..<colon], where: isTokenByte),
      line[colon...].allSatisfy({ ($0 >= 0x20 || $0 == 9) && $0 != 0x7f }),
      let value = String(validating: line[(colon + 1)...], as: UTF8.self)
    else { throw WebRefusal(status: 400, reason: "a header is not formed as HTTP wants it") }
    return WebHeader(name.lowercased(), trimmed(value))
  }

  private static func text(_ bytes: ArraySlice<UInt8>, where isAllowed: (UInt8) -> Bool) -> String? {
    guard !bytes.isEmpty, bytes.allSatisfy(isAllowed) else { return nil }
    return String(decoding: bytes, as: UTF8.self)
  }

  private static func isTokenByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
    default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
    }
  }
}
