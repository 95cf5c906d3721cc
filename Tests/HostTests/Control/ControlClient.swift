// SPDX-License-Identifier: Apache-2.0
import Glibc
import JSON

@testable import Host

/// A client of the control door that blocks, for at most ten seconds at a time.
final class ControlClient: Sendable {
  struct ConnectFailure: Error { let code: Int32 }

  private let descriptor: Int32
  private let unread = Unread()

  /// Bytes behind the last line; a client is used by one thread at a time.
  private final class Unread: @unchecked Sendable {
    var bytes: [UInt8] = []
    var searched = 0
  }

  init(path: String) throws {
    descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8)) }
    let outcome = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) }
    }
    guard outcome == 0 else { throw ConnectFailure(code: errno) }
    var patience = timeval(tv_sec: 10, tv_usec: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
    setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
  }

  deinit { close(descriptor) }

  /// Sends one line. Returns false when the host has closed the connection.
  @discardableResult
  func send(_ line: String) -> Bool { write(Array(line.utf8) + [10]) }

  func write(_ bytes: [UInt8]) -> Bool {
    var sent = 0
    while sent < bytes.count {
      let count = bytes.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress! + sent, $0.count - sent, Int32(MSG_NOSIGNAL)) }
      guard count > 0 else { return false }
      sent += count
    }
    return true
  }

  /// Says that no more will be sent; answers can still be read.
  func endInput() { shutdown(descriptor, Int32(SHUT_WR)) }

  /// The next line; nil when the host closed the connection.
  func line() -> String? {
    var piece = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      if let end = unread.bytes.position(of: 10, from: unread.searched) {
        defer {
          unread.bytes.removeSubrange(...end)
          unread.searched = 0
        }
        return String(decoding: unread.bytes[..<end], as: UTF8.self)
      }
      unread.searched = unread.bytes.count
      let count = recv(descriptor, &piece, piece.count, 0)
      guard count > 0 else { return nil }
      unread.bytes.append(contentsOf: piece[..<count])
    }
  }

  /// Whether something has come that was not read.
  var hasMore: Bool {
    var byte: UInt8 = 0
    return !unread.bytes.isEmpty || recv(descriptor, &byte, 1, Int32(MSG_PEEK) | Int32(MSG_DONTWAIT)) > 0
  }

  func json() -> JSONValue? { line().flatMap { try? JSONValue(parsing: $0) } }

  /// Sends a request with id 1 and returns the next line.
  func ask(_ method: String, _ params: JSONValue = [:]) -> JSONValue? {
    send(JSONValue.object(["jsonrpc": "2.0", "id": 1, "method": .string(method), "params": params]).serialized())
    return json()
  }
}
