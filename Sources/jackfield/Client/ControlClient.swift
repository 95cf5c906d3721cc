// SPDX-License-Identifier: Apache-2.0
import Host
import JSON

/// Talks JSON-RPC with a running host, one request at a time.
final class ControlClient {
  /// The host's answer that something failed.
  struct Failure: Error, CustomStringConvertible {
    let code: Int
    let description: String
    let data: JSONValue?
  }

  private let socket: ControlSocket
  private var lastID = 0

  /// - Throws: `CommandFailure` with exit status 3 when no host runs on that home.
  init(home: String?) throws(CommandFailure) {
    let path = Directories(environment: Environment.all, home: home).socket
    do throws(ControlSocket.Failure) {
      socket = try ControlSocket(path: path)
    } catch {
      switch error {
      case .nobody:
        let start = home.map { "jackfield serve --home \($0)" } ?? "jackfield serve"
        throw CommandFailure("no host is running at '\(path)'; start one with '\(start)'", status: SystemExit.noHost)
      default: throw Self.lost(error, path)
      }
    }
  }

  /// Sends one request and waits for its answer; notifications that come before go to `notified`.
  ///
  /// - Parameter interrupted: Called when Ctrl-C comes while waiting; the waiting goes on.
  func request(
    _ method: String, _ parameters: JSONValue = [:], interrupted: ((ControlClient) throws -> Void)? = nil,
    notified: (_ method: String, _ parameters: JSONValue) -> Void = { _, _ in }
  ) throws -> JSONValue {
    let id = send(method, parameters, expectingAnswer: true)
    try post(id.line)
    var wasInterrupted = false
    while true {
      let message: JSONValue
      do {
        message = try receive(interruptible: interrupted != nil && !wasInterrupted)
      } catch is Interruption {
        wasInterrupted = true
        try interrupted?(self)
        continue
      }
      if let name = message["method"]?.stringValue {
        notified(name, message["params"] ?? [:])
      } else if message["id"] == id.id {
        if let error = message["error"] { throw Self.failure(error) }
        return message["result"] ?? .null
      } else if message["id"] == .null, let error = message["error"] {
        throw Self.failure(error)
      }
    }
  }

  /// Sends a notification: nobody answers.
  func notify(_ method: String, _ parameters: JSONValue) throws { try post(send(method, parameters, expectingAnswer: false).line) }

  /// Waits for notifications until Ctrl-C.
  func listen(_ notified: (_ method: String, _ parameters: JSONValue) -> Void) throws {
    while true {
      do {
        let message = try receive(interruptible: true)
        if let name = message["method"]?.stringValue { notified(name, message["params"] ?? [:]) }
      } catch is Interruption {
        return
      }
    }
  }

  /// Waits until the host ends the connection.
  func waitUntilClosed() {
    while (try? receive(interruptible: false)) != nil {}
  }

  private struct Interruption: Error {}

  private func send(_ method: String, _ parameters: JSONValue, expectingAnswer: Bool) -> (id: JSONValue, line: String) {
    var message: JSONValue = ["jsonrpc": "2.0", "method": .string(method), "params": parameters]
    guard expectingAnswer else { return (.null, message.serialized()) }
    lastID += 1
    message["id"] = .integer(Int64(lastID))
    return (.integer(Int64(lastID)), message.serialized())
  }

  private func post(_ line: String) throws(CommandFailure) {
    do throws(ControlSocket.Failure) { try socket.send(line: line) } catch { throw Self.lost(error, "the host") }
  }

  private func receive(interruptible: Bool) throws -> JSONValue {
    let line: [UInt8]
    do throws(ControlSocket.Failure) { line = try socket.receive(interruptible: interruptible) } catch {
      if case .interrupted = error { throw Interruption() }
      throw Self.lost(error, "the host")
    }
    return try JSONValue(parsing: line)
  }

  private static func lost(_ failure: ControlSocket.Failure, _ what: String) -> CommandFailure {
    switch failure {
    case .nobody, .closed, .interrupted: CommandFailure("the host closed the connection; see its log, or 'jackfield doctor'")
    case .system(let error): CommandFailure("cannot talk to '\(what)': \(String(posixError: error))")
    }
  }

  private static func failure(_ error: JSONValue) -> Failure {
    Failure(
      code: error["code"]?.intValue ?? 0, description: error["message"]?.stringValue ?? "the host gave no reason", data: error["data"])
  }
}
