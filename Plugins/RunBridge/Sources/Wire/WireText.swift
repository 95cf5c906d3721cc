// SPDX-License-Identifier: Apache-2.0

internal import JSON

/// What scripts are told when a request is not answered; they see it behind "VSCode request failed: ".
enum WireText {
  static let noObject = "Invalid request: a message is a JSON object"
  static let noIdentity = "Invalid request: 'id' is missing, or neither a number nor a text"
  static let noType = "Invalid request: 'type' is missing, or no text"
  static let noParameters = "Invalid request: 'params' is no object"
  static let lostNumbers = "Invalid JSON: NaN and Infinity cannot be sent; send null or a text instead"
  static let cancelled = "cancelled"
  static let stopping = "host is shutting down"
  static let restarting = "host is restarting; ask again"

  static func invalidJSON(_ error: JSONError) -> String {
    let beginning = ["not JSON: ", "not JSON that is accepted: "].first { error.message.hasPrefix($0) } ?? ""
    return "Invalid JSON: \(error.message.dropFirst(beginning.count))"
  }

  static func tooLarge(_ size: Int, limit: Int) -> String {
    "the request is \(size) bytes long, and the limit is \(limit); send less, or raise 'messageBytes' of the bridge"
  }

  static func answerTooLarge(_ size: Int, limit: Int) -> String {
    "the answer is \(size) bytes long, and the limit is \(limit); ask for less, or raise 'messageBytes' of the bridge"
  }

  static func tooManyOpen(_ limit: Int) -> String {
    "\(limit) requests of this connection are open already; wait for their answers first"
  }

  static func tooMuchOpen(_ limit: Int) -> String {
    "the requests of this connection that are open already are nearly \(limit) bytes long; wait for their answers first"
  }

  static func tooOften(_ limit: Int) -> String {
    "this run sends more than \(limit) requests a second; send fewer, or raise 'requestsPerSecond' of the bridge"
  }

  /// - Parameter limit: What the caller said, in milliseconds; nil: nothing.
  static func timeout(_ type: String, limit: Double?) -> String {
    if type == "vscode/executeCommand" { return "Command timeout" }
    guard let limit, limit.isFinite, limit > 0 else { return "'\(type)' was not answered in time" }
    return "'\(type)' was not answered within \(limit / 1_000) s"
  }
}
