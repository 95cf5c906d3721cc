// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import PluginSDK

/// Inputs of commands that are read member by member.
enum JSONInput {
  /// - Returns: An object; `{}` for no bytes at all.
  /// - Throws: `PluginFailure` when it is none.
  static func read(_ payload: Payload, of command: String) throws(PluginFailure) -> JSONValue {
    guard payload.content == .json else { throw wrong(command, "it is not JSON; send JSON") }
    guard !payload.bytes.isEmpty else { return [:] }
    let value: JSONValue
    do throws(JSONError) { value = try JSONValue(parsing: payload.bytes) } catch { throw wrong(command, error.message) }
    guard value.objectValue != nil else { throw wrong(command, "the value must be an object") }
    return value
  }

  private static func wrong(_ command: String, _ reason: String) -> PluginFailure {
    PluginFailure("cannot read the input of '\(command)': \(reason)", status: .invalid)
  }
}
