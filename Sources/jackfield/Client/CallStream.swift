// SPDX-License-Identifier: Apache-2.0
import JSON

/// One streaming call on a connection of its own.
final class CallStream {
  enum Event {
    case chunk(JSONValue)
    case progress(JSONValue)
    /// The last one: the call's answer.
    case answer(JSONValue)
    /// The last one, too: why there is none.
    case failure(ControlClient.Failure)
    /// Ctrl-C has come; `Interrupt.take` forgets it.
    case interrupted
    /// The other descriptor is readable.
    case other
    /// Nothing came in the time that was given.
    case silent
  }

  private let client: ControlClient
  private let id: JSONValue
  private static let name = "cli"

  /// - Parameter timeout: In milliseconds; nil for the command's own.
  init(_ command: String, _ input: JSONValue, home: String?, timeout: Int? = nil) throws(CommandFailure) {
    client = try ControlClient(home: home)
    var parameters: JSONValue = ["name": .string(command), "input": input, "callId": .string(Self.name), "stream": true]
    if let timeout { parameters["timeoutMs"] = .integer(Int64(timeout)) }
    id = try client.begin("command/call", parameters)
  }

  /// Waits for what comes next.
  func next(interruptible: Bool = true, other: Int32 = -1, milliseconds: Int32? = nil) throws(CommandFailure) -> Event {
    while true {
      switch try client.arrival(interruptible: interruptible, other: other, milliseconds: milliseconds) {
      case .interrupted: return .interrupted
      case .other: return .other
      case .silent: return .silent
      case .message(let message): if let event = event(message) { return event }
      }
    }
  }

  private func event(_ message: JSONValue) -> Event? {
    switch message["method"]?.stringValue {
    case "call/chunk": return .chunk(message["params"]?["chunk"] ?? .null)
    case "call/progress": return .progress(message["params"] ?? [:])
    case _?: return nil
    case nil:
      guard message["id"] == id || message["id"] == .null else { return nil }
      if let error = message["error"] { return .failure(ControlClient.failure(error)) }
      return message["id"] == id ? .answer(message["result"]?["result"] ?? .null) : nil
    }
  }

  /// Asks the host to end the call; its answer still comes.
  func cancel() throws(CommandFailure) { try client.notify("call/cancel", ["callId": .string(Self.name)]) }
}
