// SPDX-License-Identifier: Apache-2.0
import Glibc
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

  /// What comes while waiting: the method and its parameters.
  typealias Notified = (_ method: String, _ parameters: JSONValue) -> Void

  private let path: String
  private let socket: ControlSocket
  private var lastID: Int64 = 0

  /// Readable when something has come; `arrival` may have more than one message then.
  var descriptor: Int32 { socket.descriptor }

  /// - Parameter patience: In milliseconds, how long the host may be silent; nil for ever.
  /// - Throws: `CommandFailure` with exit status 3 when no host runs on that home.
  init(home: String?, patience: Int32? = nil) throws(CommandFailure) {
    let path = Directories(environment: Environment.all, home: home).socket
    self.path = path
    do throws(ControlSocket.Failure) {
      socket = try ControlSocket(path: path, patience: patience)
    } catch .nobody {
      let start = home.map { "jackfield serve --home \($0)" } ?? "jackfield serve"
      throw CommandFailure("no host is running at '\(path)'; start one with '\(start)'", status: SystemExit.noHost)
    } catch {
      throw Self.lost(error, path)
    }
  }

  /// Asks for something that only helps, such as words for completion: nil when there is no host, or none that answers soon.
  static func ask(_ method: String, _ parameters: JSONValue = [:], home: String?) -> JSONValue? {
    try? ControlClient(home: home, patience: 2_000).request(method, parameters)
  }

  /// Sends one request and waits for its answer; notifications that come before go to `notified`.
  ///
  /// - Parameter interrupted: Called when Ctrl-C comes while waiting; the waiting goes on.
  func request(
    _ method: String, _ parameters: JSONValue = [:], interrupted: ((ControlClient) throws -> Void)? = nil, notified: Notified = { _, _ in }
  ) throws -> JSONValue {
    lastID += 1
    let id = JSONValue.integer(lastID)
    try post(["jsonrpc": "2.0", "id": id, "method": .string(method), "params": parameters])
    var interrupted = interrupted
    while true {
      guard let message = try receive(interruptible: interrupted != nil) else {
        try interrupted?(self)
        interrupted = nil
        continue
      }
      if let name = message["method"]?.stringValue {
        notified(name, message["params"] ?? [:])
      } else if message["id"] == id || message["id"] == .null {
        // An error without an id is about the line as such: there is no other line of ours that it could mean.
        if let error = message["error"] { throw Self.failure(error) }
        if message["id"] == id { return message["result"] ?? .null }
      }
    }
  }

  /// Sends a notification: nobody answers.
  func notify(_ method: String, _ parameters: JSONValue) throws(CommandFailure) {
    try post(["jsonrpc": "2.0", "method": .string(method), "params": parameters])
  }

  /// Waits for notifications until Ctrl-C.
  func listen(_ notified: Notified) throws(CommandFailure) {
    while let message = try receive(interruptible: true) {
      if let name = message["method"]?.stringValue { notified(name, message["params"] ?? [:]) }
    }
  }

  /// Waits until the host ends the connection.
  func waitUntilClosed() {
    while (try? receive(interruptible: false)) != nil {}
  }

  // MARK: - A request whose messages the caller takes one by one

  /// Sends a request and does not wait.
  ///
  /// - Returns: The id that its answer carries.
  func begin(_ method: String, _ parameters: JSONValue) throws(CommandFailure) -> JSONValue {
    lastID += 1
    let id = JSONValue.integer(lastID)
    try post(["jsonrpc": "2.0", "id": id, "method": .string(method), "params": parameters])
    return id
  }

  /// What ended a wait.
  enum Arrival {
    case message(JSONValue)
    case interrupted
    case other
    case silent
  }

  /// Waits for the next message, Ctrl-C, another descriptor, or the end of a time.
  func arrival(interruptible: Bool, other: Int32, milliseconds: Int32?) throws(CommandFailure) -> Arrival {
    let line: [UInt8]
    do throws(ControlSocket.Failure) {
      line = try socket.receive(interruptible: interruptible, other: other, patience: milliseconds)
    } catch {
      switch error {
      case .interrupted: return .interrupted
      case .other: return .other
      case .silent where milliseconds != nil: return .silent
      default: throw Self.lost(error, path)
      }
    }
    return .message(try Self.parsed(line, path))
  }

  private func post(_ message: JSONValue) throws(CommandFailure) {
    do throws(ControlSocket.Failure) { try socket.send(line: message.serialized()) } catch { throw Self.lost(error, path) }
  }

  /// - Returns: nil when Ctrl-C came instead.
  private func receive(interruptible: Bool) throws(CommandFailure) -> JSONValue? {
    let line: [UInt8]
    do throws(ControlSocket.Failure) { line = try socket.receive(interruptible: interruptible) } catch {
      if error == .interrupted { return nil }
      throw Self.lost(error, path)
    }
    return try Self.parsed(line, path)
  }

  private static func parsed(_ line: [UInt8], _ path: String) throws(CommandFailure) -> JSONValue {
    do throws(JSONError) { return try JSONValue(parsing: line) } catch {
      throw CommandFailure("the answer at '\(path)' is not JSON: \(error); is another program listening there? See 'jackfield doctor'")
    }
  }

  private static func lost(_ failure: ControlSocket.Failure, _ path: String) -> CommandFailure {
    switch failure {
    case .nobody, .closed, .interrupted, .other: CommandFailure("the host closed the connection; see its log, or 'jackfield doctor'")
    case .silent: CommandFailure("the host at '\(path)' does not answer; see its log, or 'jackfield doctor'")
    case .system(let error): CommandFailure("cannot talk to '\(path)': \(String(posixError: error)); \(cure(error))")
    }
  }

  private static func cure(_ error: Int32) -> String {
    switch error {
    case EACCES, EPERM: "run this as the user who started the host"
    case ENAMETOOLONG: "choose a --home with a shorter path"
    default: "see 'jackfield doctor'"
    }
  }

  static func failure(_ error: JSONValue) -> Failure {
    Failure(
      code: error["code"]?.intValue ?? 0, description: error["message"]?.stringValue ?? "the host gave no reason; see its log",
      data: error["data"])
  }
}
