// SPDX-License-Identifier: Apache-2.0

import Glibc
import JSON

/// A bare connection to the door: bytes out, bytes in. Every wait ends after thirty seconds with `silence`.
final class DoorClient {
  enum Failure: Error, Equatable {
    /// The door closed in an orderly way.
    case ended
    case reset
    case silence
    case system(Int32)
  }

  let descriptor: Int32
  let port: Int
  private var unread: [UInt8] = []

  init(_ port: Int, receiveBuffer: Int32? = nil) throws {
    self.port = port
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    if var receiveBuffer { setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &receiveBuffer, 4) }
    var limit = timeval(tv_sec: 30, tv_usec: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = UInt16(port).bigEndian
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    let result = withUnsafeBytes(of: &address) {
      connect(descriptor, $0.baseAddress!.assumingMemoryBound(to: sockaddr.self), socklen_t($0.count))
    }
    if result != 0 { throw Failure.system(errno) }
  }

  deinit { close(descriptor) }

  func send(_ bytes: [UInt8]) throws {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
      if count < 0 { throw errno == ECONNRESET || errno == EPIPE ? Failure.reset : .system(errno) }
      rest = rest.dropFirst(count)
    }
  }

  func read(_ count: Int) throws -> [UInt8] {
    while unread.count < count { try fill() }
    defer { unread.removeFirst(count) }
    return Array(unread.prefix(count))
  }

  private func fill() throws {
    var room = [UInt8](repeating: 0, count: 1 << 18)
    let count = recv(descriptor, &room, room.count, 0)
    if count > 0 { return unread += room.prefix(count) }
    if count == 0 { throw Failure.ended }
    throw errno == EAGAIN ? Failure.silence : errno == ECONNRESET ? .reset : .system(errno)
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
}

// MARK: - HTTP

extension DoorClient {
  static let upgrade = [
    "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Version: 13",
  ]

  /// A request line by line, with the right `Host` unless one is given.
  func ask(_ line: String, _ headers: [String] = [], body: String = "") throws {
    var lines = [line]
    if !headers.contains(where: { $0.hasPrefix("Host:") }) { lines.append("Host: 127.0.0.1:\(port)") }
    try send(Array(((lines + headers).joined(separator: "\r\n") + "\r\n\r\n" + body).utf8))
  }

  /// Up to and with the blank line.
  func readHead() throws -> String {
    while true {
      if let index = unread.indices.first(where: { unread[$0...].starts(with: [13, 10, 13, 10]) }) {
        return String(decoding: try read(index + 4), as: UTF8.self)
      }
      try fill()
    }
  }

  /// A whole answer with a length.
  func readAnswer() throws -> (status: Int, body: String) {
    let head = try readHead()
    let line = head.split(separator: "\r\n").first { $0.lowercased().hasPrefix("content-length:") }
    let length = line.flatMap { Int($0.drop { $0 != ":" }.dropFirst(2)) } ?? 0
    return (Int(head.split(separator: " ")[1]) ?? 0, String(decoding: try read(length), as: UTF8.self))
  }

  var hasUnread: Bool { !unread.isEmpty }
}

// MARK: - WebSockets

extension DoorClient {
  static func webSocket(_ port: Int, _ run: String, receiveBuffer: Int32? = nil) throws -> DoorClient {
    let client = try DoorClient(port, receiveBuffer: receiveBuffer)
    try client.ask("GET /?token=token+of+\(run)&session=session+of+\(run) HTTP/1.1", upgrade)
    let head = try client.readHead()
    guard head.hasPrefix("HTTP/1.1 101 ") else { throw Failure.system(Int32(head.split(separator: " ")[1]) ?? 0) }
    return client
  }

  static func frame(_ first: UInt8, _ payload: [UInt8]) -> [UInt8] {
    let key: [UInt8] = [1, 2, 3, 4]
    let size = payload.count
    var bytes = [first]
    switch size {
    case 0...125: bytes.append(0x80 | UInt8(size))
    case 126...65_535: bytes += [0xfe, UInt8(size >> 8), UInt8(size & 255)]
    default: bytes += [0xff] + (0..<8).map { UInt8(truncatingIfNeeded: size >> (56 - 8 * $0)) }
    }
    return bytes + key + payload.enumerated().map { $1 ^ key[$0 & 3] }
  }

  func say(_ text: String) throws { try send(Self.frame(0x81, Array(text.utf8))) }

  func say(_ value: JSONValue) throws { try send(Self.frame(0x81, value.bytes())) }

  /// Asks for a command, with ten minutes for it unless told.
  func command(_ id: Int, _ name: String, _ arguments: JSONValue = [], _ params: [String: JSONValue] = [:]) throws {
    let all: [String: JSONValue] = ["command": .string(name), "args": arguments, "timeout": 600_000].merging(params) { $1 }
    try say(["id": .integer(Int64(id)), "type": "vscode/executeCommand", "params": .object(all)])
  }

  func announce(_ operation: JSONValue) throws {
    try say([
      "type": "dapEvent", "event": "asyncOperationStarted",
      "body": ["operationId": operation, "operationType": "form", "resumeToken": "t"],
    ])
  }

  func readFrame() throws -> (first: UInt8, payload: [UInt8]) {
    let start = try read(2)
    let length: Int
    switch start[1] {
    case 126: length = try read(2).reduce(0) { $0 << 8 | Int($1) }
    case 127: length = try read(8).reduce(0) { $0 << 8 | Int($1) }
    default: length = Int(start[1])
    }
    return (start[0], try read(length))
  }

  /// A message: one whole text frame with a JSON object.
  func hear() throws -> JSONValue {
    let frame = try readFrame()
    guard frame.first == 0x81 else { throw Failure.system(Int32(frame.first)) }
    return try JSONValue(parsing: frame.payload)
  }

  /// The code of a goodbye.
  func readGoodbye() throws -> Int {
    let frame = try readFrame()
    return frame.first == 0x88 && frame.payload.count >= 2 ? Int(frame.payload[0]) << 8 | Int(frame.payload[1]) : -1
  }
}
