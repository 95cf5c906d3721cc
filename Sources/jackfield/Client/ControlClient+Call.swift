// SPDX-License-Identifier: Apache-2.0
import JSON

extension ControlClient {
  /// Calls a command and waits for its answer.
  ///
  /// - Throws: `CommandFailure` with the host's sentence.
  func call(_ command: String, _ input: JSONValue = [:]) throws -> JSONValue {
    do {
      return try request("command/call", ["name": .string(command), "input": input])["result"] ?? .null
    } catch let failure as Failure {
      throw CommandFailure(failure.description)
    }
  }

  /// The same for what only helps: nil when it fails.
  static func answer(_ command: String, _ input: JSONValue = [:], home: String?) -> JSONValue? {
    ask("command/call", ["name": .string(command), "input": input], home: home)?["result"]
  }
}
