// SPDX-License-Identifier: Apache-2.0
import DebugProtocol
import JSON

/// What an adapter says that is meant for the host, not only for the editor.
enum DapNotice: Equatable {
  /// The script asks something; nothing of it goes to the editor.
  case question(id: JSONValue, type: String, params: JSONValue)
  /// The script waits for something; the editor is told, too.
  case operation(JSONValue)
  /// The adapter answers a request; whose it is, its number says.
  case response(Int64)

  /// Looks into a message of the adapter.
  ///
  /// - Parameter isAwaitingResponse: Whether a request of ours is open; only then are responses looked at.
  /// - Returns: Nil for what concerns the editor alone, and for what is no JSON: that is the editor's to judge.
  init?(_ frame: DapFrame, isAwaitingResponse: Bool) {
    let mayBeEvent = frame.contains("customRequest") || frame.contains("asyncOperationStarted")
    guard mayBeEvent || isAwaitingResponse && frame.contains("request_seq"), let message = try? JSONValue(parsing: Array(frame.body)) else {
      return nil
    }
    switch message["type"] {
    case "event": self.init(event: message["event"], body: message["body"] ?? [:])
    case "response":
      guard isAwaitingResponse, let seq = message["request_seq"]?.integer else { return nil }
      self = .response(seq)
    default: return nil
    }
  }

  private init?(event: JSONValue?, body: JSONValue) {
    switch event {
    case "customRequest":
      guard let id = body["requestId"], let type = body["type"]?.stringValue else { return nil }
      self = .question(id: id, type: type, params: body["params"] ?? [:])
    case "asyncOperationStarted": self = .operation(body)
    default: return nil
    }
  }
}

extension JSONValue {
  /// A whole number, also one that was written with a fraction of zero.
  fileprivate var integer: Int64? {
    switch self {
    case .integer(let value): value
    case .number(let value): Int64(exactly: value)
    default: nil
    }
  }
}
