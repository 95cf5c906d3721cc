// SPDX-License-Identifier: Apache-2.0
// Listens where a host would, and says what a test wants said: right, wrong, or half.
import FoundationEssentials
import Glibc
import JSON
import Synchronization

/// A control door made of a real Unix socket and a script.
final class FakeHost: Sendable {
  /// What to write for one request; nil closes the connection behind what was written before.
  typealias Script = @Sendable (_ request: JSONValue) -> [String?]

  /// To be given as --home.
  let home: String
  private let listener: Int32
  private let script: Script
  private let then: Script
  private let taken = Mutex<[JSONValue]>([])

  /// The requests and notifications that came, in order.
  var requests: [JSONValue] { taken.withLock { $0 } }

  /// - Parameter then: Asked for more when that is written, until there is none; may wait for what comes on another connection.
  init(then: @escaping Script = { _ in [] }, _ script: @escaping Script) throws {
    self.script = script
    self.then = then
    home = temporaryDirectory()
    try FileManager.default.createDirectory(atPath: home + "/run", withIntermediateDirectories: true)
    listener = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array((home + "/run/host.sock").utf8)) }
    let bound = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(listener, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) }
    }
    guard bound == 0, listen(listener, 8) == 0 else { throw NotListening(error: errno) }
    startThread { [listener] in
      while true {
        let connection = accept(listener, nil, nil)
        guard connection >= 0 else { return }
        startThread { [weak self] in
          self?.serve(connection)
          close(connection)
        }
      }
    }
  }

  struct NotListening: Error {
    let error: Int32
  }

  deinit { shutdown(listener, Int32(SHUT_RDWR)) }

  private func serve(_ connection: Int32) {
    var received: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 64 << 10)
    while true {
      while let end = received.firstIndex(of: UInt8(ascii: "\n")) {
        let line = Array(received[..<end])
        received.removeSubrange(...end)
        guard let request = try? JSONValue(parsing: line) else { return }
        taken.withLock { $0.append(request) }
        guard write(script(request), connection) else { return }
        while case let more = then(request), !more.isEmpty {
          guard write(more, connection) else { return }
        }
      }
      let count = read(connection, &chunk, chunk.count)
      guard count > 0 else { return }
      received += chunk[..<count]
    }
  }

  private func write(_ lines: [String?], _ connection: Int32) -> Bool {
    for text in lines {
      guard let text else { return false }
      let bytes = Array(text.utf8)
      _ = send(connection, bytes, bytes.count, Int32(MSG_NOSIGNAL))
    }
    return true
  }

  // MARK: - Lines

  static func result(_ request: JSONValue, _ result: JSONValue) -> String {
    JSONValue.object(["jsonrpc": "2.0", "id": request["id"] ?? .null, "result": result]).serialized() + "\n"
  }

  static func error(_ request: JSONValue, _ message: String, code: Int64 = -32001) -> String {
    JSONValue.object(["jsonrpc": "2.0", "id": request["id"] ?? .null, "error": ["code": .integer(code), "message": .string(message)]])
      .serialized() + "\n"
  }

  static func notification(_ method: String, _ parameters: JSONValue) -> String {
    JSONValue.object(["jsonrpc": "2.0", "method": .string(method), "params": parameters]).serialized() + "\n"
  }

  /// A host with a few commands and one plugin; `runs.list` answers with the input it was given.
  static func ordinary(calls: @escaping Script = { [result($0, ["call": "cli", "result": $0["params"]?["input"] ?? .null])] }) throws
    -> FakeHost
  {
    try FakeHost { request in
      switch request["method"] {
      case "command/list":
        let prefix = request["params"]?["prefix"]?.stringValue ?? ""
        return [result(request, ["commands": .array(commands.filter { $0["name"]?.stringValue?.hasPrefix(prefix) == true })])]
      case "plugin/list":
        return [result(request, ["plugins": [["id": "store", "state": "active"], ["id": "trainer", "state": "ready"]]])]
      case "command/call": return calls(request)
      default: return [error(request, "there is no method", code: -32601)]
      }
    }
  }

  static let commands: [JSONValue] = [
    ["name": "runs.list", "plugin": "store", "summary": "Lists the runs, newest first.", "input": exampleSchema],
    ["name": "runs.show", "plugin": "store", "summary": "Shows one run."],
    ["name": "trainer.pause", "plugin": "trainer", "summary": "Pauses a training."],
  ]
}
