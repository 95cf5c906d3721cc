// SPDX-License-Identifier: Apache-2.0

internal import JSON

/// Why the host, a command, or the way to them failed, as pages are told.
struct ControlFault: Error, Sendable, Hashable {
  /// As in Docs/control-door.md: "not_found", "denied", "gone" …
  let status: String
  let message: String
  /// What else is known: command, plugin, code, retryable, details.
  var more: [String: JSONValue] = [:]

  init(_ status: String, _ message: String, retryable: Bool = false) {
    self.status = status
    self.message = message
    if retryable { more["retryable"] = true }
  }

  /// Reads the `error` of an answer.
  init(answer error: JSONValue) {
    message = error["message"]?.stringValue ?? "the host answered an error that says nothing"
    var data = error["data"]?.objectValue ?? [:]
    status = data.removeValue(forKey: "status")?.stringValue ?? Self.status(code: error["code"]?.intValue)
    for name in ["command", "plugin", "code", "retryable", "details"] { more[name] = data[name] }
  }

  /// Of errors that have no data: what was asked for is not, or is wrong.
  private static func status(code: Int?) -> String {
    switch code {
    case -32_601: "not_found"
    case -32_700, -32_600, -32_602: "invalid"
    default: "failed"
    }
  }

  /// As the page has it: `{status, message, …}`.
  var value: JSONValue {
    var members = more
    members["status"] = .string(status)
    members["message"] = .string(message)
    return .object(members)
  }

  /// The status of HTTP.
  var httpStatus: Int {
    switch status {
    case "invalid": 400
    case "denied": 403
    case "not_found": 404
    case "cycle": 409
    case "too_large": 413
    case "cancelled": 499
    case "unsupported": 501
    case "gone": 502
    case "again", "busy", "stopping": 503
    case "deadline": 504
    default: 500
    }
  }
}
