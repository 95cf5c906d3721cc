// SPDX-License-Identifier: Apache-2.0
package import JSON
package import PluginBridge

/// A failure as a client sees it: a JSON-RPC error.
package struct ControlError: Error, Sendable, Hashable, CustomStringConvertible {
  /// JSON-RPC's own, or -32000 + the status.
  package var code: Int
  /// A sentence: what was tried, what happened, what to do.
  package var message: String
  package var data: JSONValue?

  package var description: String { message }

  /// Makes an error of the host's own.
  ///
  /// - Parameters:
  ///   - retryable: nil leaves it to the status.
  ///   - details: Whatever else the failing side tells.
  package init(
    _ status: CallStatus, _ message: String, command: String? = nil, plugin: String? = nil, retryable: Bool? = nil,
    details: JSONValue? = nil
  ) {
    var data: [String: JSONValue] = ["status": .string(status.name), "retryable": .bool(retryable ?? status.isRetryable)]
    data["command"] = command.map { .string($0) }
    data["plugin"] = plugin.map { .string($0) }
    data["details"] = details
    // The codes from -32099 to -32000 are ours to give; a status beyond them is named in the data only.
    let known = -99...(-1) ~= status.rawValue
    self.code = -32_000 + Int(known ? status.rawValue : CallStatus.failed.rawValue)
    self.message = message
    self.data = .object(data)
  }

  private init(code: Int, _ message: String) {
    self.code = code
    self.message = message
  }

  static func notJSON(_ message: String) -> ControlError { ControlError(code: -32_700, message) }
  static func notARequest(_ message: String) -> ControlError { ControlError(code: -32_600, message) }
  static func unknownMethod(_ message: String) -> ControlError { ControlError(code: -32_601, message) }
  static func wrongParameters(_ message: String) -> ControlError { ControlError(code: -32_602, message) }

  var json: JSONValue {
    var members: [String: JSONValue] = ["code": .integer(Int64(code)), "message": .string(message)]
    members["data"] = data
    return .object(members)
  }
}
