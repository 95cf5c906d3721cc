// SPDX-License-Identifier: Apache-2.0

import Glibc
import JSON

/// A bare connection to the door: bytes out, bytes in, and a cookie. Every wait ends after thirty seconds with `silence`.
final class BareBrowser {
  enum Failure: Error, Equatable {
    case ended
    case reset
    case silence
    case system(Int32)
  }

  struct Answer {
    let status: Int
    /// Names in lower case; of several of one name the last.
    let headers: [String: String]
    let body: String

    var json: JSONValue? { try? JSONValue(parsing: body) }
    /// Name and value of the cookie that was given; nil: none.
    var cookie: String? { headers["set-cookie"].map { String($0.prefix { $0 != ";" }) } }
  }

  let descriptor: Int32
  let host: String
  private var unread: [UInt8] = []

  init(_ port: Int) throws {
    host = "127.0.0.1:\(port)"
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = UInt16(port).bigEndian
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    try open(&address)
  }

  init(socket path: String) throws {
    host = "localhost"
    descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8)) }
    try open(&address)
  }

  private func open<Address>(_ address: inout Address) throws {
    var limit = timeval(tv_sec: 30, tv_usec: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    let result = withUnsafeBytes(of: &address) {
      connect(descriptor, $0.baseAddress!.assumingMemoryBound(to: sockaddr.self), socklen_t($0.count))
    }
    if result != 0 { throw Failure.system(errno) }
  }

  deinit { close(descriptor) }

  func send(_ text: String) throws {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
      if count < 0 { throw errno == ECONNRESET || errno == EPIPE ? Failure.reset : .system(errno) }
      rest = rest.dropFirst(count)
    }
  }

  /// How it ended, when nothing more comes.
  func end() -> Failure? {
    do {
      if !unread.isEmpty { return nil }
      try fill()
      return nil
    } catch {
      return error as? Failure
    }
  }

  private func fill() throws {
    var room = [UInt8](repeating: 0, count: 1 << 18)
    let count = recv(descriptor, &room, room.count, 0)
    if count > 0 { return unread += room.prefix(count) }
    if count == 0 { throw Failure.ended }
    throw errno == EAGAIN ? Failure.silence : errno == ECONNRESET ? .reset : .system(errno)
  }

  private func line() throws -> String {
    while true {
      if let feed = unread.firstIndex(of: 10) {
        let line = unread[..<feed].dropLast()
        unread.removeFirst(feed + 1)
        return String(decoding: line, as: UTF8.self)
      }
      try fill()
    }
  }

  /// The next answer, with a length.
  func answer(hasBody: Bool = true) throws -> Answer {
    let status = Int(try line().split(separator: " ")[1]) ?? 0
    var headers: [String: String] = [:]
    while case let line = try line(), !line.isEmpty {
      headers[line.prefix { $0 != ":" }.lowercased()] = String(line.drop { $0 != ":" }.dropFirst(2))
    }
    let length = hasBody ? headers["content-length"].flatMap { Int($0) } ?? 0 : 0
    while unread.count < length { try fill() }
    defer { unread.removeFirst(length) }
    return Answer(status: status, headers: headers, body: String(decoding: unread.prefix(length), as: UTF8.self))
  }

  /// One request and its answer, with the right `Host` unless one is given.
  func ask(_ line: String, _ headers: [String] = [], cookie: String? = nil, body: String = "") throws -> Answer {
    var all = headers
    if !headers.contains(where: { $0.hasPrefix("Host:") }) { all.append("Host: \(host)") }
    if let cookie { all.append("Cookie: \(cookie)") }
    if !body.isEmpty { all.append("Content-Length: \(body.utf8.count)") }
    try send("\(line) HTTP/1.1\r\n\(all.joined(separator: "\r\n"))\r\n\r\n\(body)")
    return try answer(hasBody: !line.hasPrefix("HEAD"))
  }

  /// What the page's script sends.
  func post(_ path: String, _ body: String = "{}", cookie: String?, without mark: String? = nil, _ headers: [String] = []) throws -> Answer
  {
    let marks = ["Content-Type: application/json", "X-Jackfield: 1", "Origin: http://\(host)"]
    return try ask("POST \(path)", marks.filter { mark == nil || !$0.hasPrefix(mark!) } + headers, cookie: cookie, body: body)
  }
}
