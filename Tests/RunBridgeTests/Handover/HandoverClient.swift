// SPDX-License-Identifier: Apache-2.0

import Glibc
import Synchronization
import WebSockets

@testable import RunBridge

/// A script's bare WebSocket, blocking; for threads of a test.
final class HandoverClient: Sendable {
  enum Ending: Equatable {
    case frame(String)
    case ordinary
    case reset
    case other(Int32)
  }

  let descriptor: Int32

  init(_ port: Int) throws {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    var limit = timeval(tv_sec: 60, tv_usec: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = UInt16(port).bigEndian
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    let result = withUnsafeBytes(of: &address) {
      connect(descriptor, $0.baseAddress!.assumingMemoryBound(to: sockaddr.self), socklen_t($0.count))
    }
    guard result == 0 else { throw NotConnected(error: errno) }
    let head = [
      "GET /ws HTTP/1.1", "Host: 127.0.0.1:\(port)", "Upgrade: websocket", "Connection: Upgrade",
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Version: 13", "", "",
    ].joined(separator: "\r\n")
    send(Array(head.utf8))
    var answer: [UInt8] = []
    while !answer.suffix(4).elementsEqual([13, 10, 13, 10]) {
      guard let byte = try? readByte() else { throw NotConnected(error: 0) }
      answer.append(byte)
    }
  }

  struct NotConnected: Error {
    let error: Int32
  }

  deinit { close(descriptor) }

  /// Ends the client's half, as a script that ended does.
  func end() { shutdown(descriptor, Int32(SHUT_WR)) }

  func say(_ text: String) {
    let mask: [UInt8] = [1, 2, 3, 4]
    let payload = text.utf8.enumerated().map { $0.element ^ mask[$0.offset & 3] }
    send([0x81, UInt8(text.utf8.count) | 0x80] + mask + payload)
  }

  func send(_ bytes: [UInt8]) { _ = Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL)) }

  /// The next short frame, or how the connection ended.
  func next() -> Ending {
    do {
      _ = try readByte()
      let count = try readByte()
      return .frame(String(decoding: try (0..<count).map { _ in try readByte() }, as: UTF8.self))
    } catch let error as Gone {
      return error.code == 0 ? .ordinary : error.code == ECONNRESET ? .reset : .other(error.code)
    } catch {
      return .other(-1)
    }
  }

  private struct Gone: Error {
    let code: Int32
  }

  private func readByte() throws -> UInt8 {
    var byte: UInt8 = 0
    let count = recv(descriptor, &byte, 1, 0)
    if count == 1 { return byte }
    throw Gone(code: count == 0 ? 0 : errno)
  }
}

/// A door that answers "NAME: text", to be left to another one.
final class HandoverDoor: Sendable {
  let server: WebServer
  private let opened: OpenSockets

  init(_ name: String, taking estate: DoorEstate? = nil) throws {
    let opened = OpenSockets()
    let hear: @Sendable (WebServerSocket) -> @Sendable (WebServerEvent) -> Void = { socket in
      opened.add(socket)
      return { event in
        guard case .message(let message) = event else { return }
        try? socket.post(.text(Array("\(name): \(String(decoding: message.bytes, as: UTF8.self))".utf8)))
      }
    }
    self.opened = opened
    var settings = WebServerSettings()
    settings.connections = 2_000
    if let estate { settings.listener = .descriptor(estate.listener) }
    server = try WebServer(settings, onUpgrade: { _ in .accept(opened: hear) })
    for connection in estate?.connections ?? [] { try server.adopt(connection.detached, opened: hear) }
  }

  private final class OpenSockets: Sendable {
    private let all = Mutex<[WebServerSocket]>([])
    func add(_ socket: WebServerSocket) { all.withLock { $0.append(socket) } }
    var list: [WebServerSocket] { all.withLock { $0 } }
  }

  deinit { server.stop() }

  var port: Int { server.port ?? 0 }

  /// Everything open, given away; the server ends.
  func leave() async throws -> DoorEstate {
    var connections: [DoorEstate.Connection] = []
    for socket in opened.list {
      let detached = try await socket.detach()
      connections.append(
        DoorEstate.Connection(
          descriptor: detached.descriptor, unread: detached.unread, messages: [], run: "run-\(connections.count)",
          number: socket.number, hasSpoken: true))
    }
    let listener = try server.copyListener()
    server.stop()
    return DoorEstate(listener: listener, connections: connections, lastNumber: UInt(connections.count))
  }
}
