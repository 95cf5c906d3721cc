// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import PluginSDK

/// A trainer's reply that says that the command succeeded.
struct TrainerReply {
  let data: JSONValue

  /// Reads a reply line.
  ///
  /// - Throws: What the trainer says went wrong; some commands say it inside `data` only.
  init(_ line: [UInt8], to command: String) throws {
    let reply = try JSONValue(parsing: line)
    guard reply["ok"]?.boolValue == true else { throw Self.failure(command, reply["error"], detail: reply["detail"]) }
    data = reply["data"] ?? .null
    // A health check that found something says so in the same place; it was carried out all the same.
    if data["ok"]?.boolValue == false, !command.hasSuffix("_health") { throw Self.failure(command, data["error"], detail: data) }
  }

  private static func failure(_ command: String, _ error: JSONValue?, detail: JSONValue?) -> PluginFailure {
    let text = error?.stringValue ?? "it gave no reason"
    var data: [String: JSONValue] = ["command": .string(command), "error": .string(text)]
    data["detail"] = detail
    return PluginFailure("the trainer refused '\(command)': \(text)", code: "trainer_refused", data: JSONValue.object(data))
  }
}
