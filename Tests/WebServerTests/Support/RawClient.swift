// SPDX-License-Identifier: Apache-2.0

import Glibc

/// A bare connection to a server: bytes out, bytes in. Every wait ends after ten seconds with `silence`.
final class RawClient {
  enum Failure: Error, Equatable {
    /// The server closed in an orderly way.
    case ended
    /// It reset the connection.
    case reset
    /// Nothing came for ten seconds.
    case silence
    case system(Int32)
  }

  struct Frame: Equatable {
    var first: UInt8
    var payload: [UInt8]

    var text: String { String(decoding: payload, as: UTF8.self) }
    /// Of a close frame.
    var code: Int? { first == 0x88 && payload.count >= 2 ? Int(payload[0]) << 8 | Int(payload[1]) : nil }
  }

  let descriptor: Int32
  let port: Int
  private var unread: [UInt8] = []

  init(_ port: Int, receiveBuffer: Int32? = nil) throws {
    self.port = port
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    if var receiveBuffer { setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &receiveBuffer, 4) }
    var limit = timeval(tv_sec: 10, tv_usec: 0)
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

  func send(_ text: String) throws { try send(Array(text.utf8)) }

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
  func readAnswer() throws -> (head: String, body: String) {
    let head = try readHead()
    let line = head.split(separator: "\r\n").first { $0.lowercased().hasPrefix("content-length:") }
    let length = line.flatMap { Int($0.drop { $0 != ":" }.dropFirst(2)) } ?? 0
    return (head, String(decoding: try read(length), as: UTF8.self))
  }

  /// The status of the next answer.
  func status() throws -> Int? { Int(try readAnswer().head.split(separator: " ")[1]) }

  func readFrame() throws -> Frame {
    let start = try read(2)
    let length: Int
    switch start[1] {
    case 126: length = try read(2).reduce(0) { $0 << 8 | Int($1) }
    case 127: length = try read(8).reduce(0) { $0 << 8 | Int($1) }
    default: length = Int(start[1])
    }
    return Frame(first: start[0], payload: try read(length))
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
}

extension RawClient {
  /// A request line by line, with the right `Host`.
  func ask(_ line: String, _ headers: [String] = [], body: String = "") throws {
    try send(([line, "Host: 127.0.0.1:\(port)"] + headers).joined(separator: "\r\n") + "\r\n\r\n" + body)
  }

  /// The head of a handshake, sent.
  func askForWebSocket(_ path: String = "/ws", _ headers: [String] = [], version: String = "13") throws {
    try ask(
      "GET \(path) HTTP/1.1",
      [
        "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Version: \(version)",
      ] + headers)
  }

  /// An open WebSocket.
  static func webSocket(_ port: Int, _ path: String = "/ws", receiveBuffer: Int32? = nil) throws -> RawClient {
    let client = try RawClient(port, receiveBuffer: receiveBuffer)
    try client.askForWebSocket(path)
    let head = try client.readHead()
    guard head.hasPrefix("HTTP/1.1 101 ") else { throw Failure.ended }
    return client
  }

  /// The bytes of a frame of a client.
  static func frame(_ first: UInt8, _ payload: [UInt8], mask: [UInt8] = [0x12, 0x34, 0x56, 0x78]) -> [UInt8] {
    let size = payload.count
    let length: [UInt8] =
      size < 126
      ? [UInt8(size) | 0x80]
      : size < 65_536
        ? [254, UInt8(size >> 8), UInt8(size & 255)] : [255] + (0..<8).map { UInt8(truncatingIfNeeded: size >> (56 - 8 * $0)) }
    var masked = payload
    masked.withUnsafeMutableBufferPointer { bytes in
      for index in 0..<bytes.count { bytes[index] ^= mask[index & 3] }
    }
    return [first] + length + mask + masked
  }

  func sendText(_ text: String) throws { try send(Self.frame(0x81, Array(text.utf8))) }
}
