// SPDX-License-Identifier: Apache-2.0
package import JSON
package import PluginBridge

/// The commands of the host itself, for plugins and clients alike: what the control door tells of the host, on the switchboard.
///
/// They reveal neither the configuration nor the environment, so every plugin may ask. No plugin can take their namespace.
package final class HostCommands: CommandProvider {
  package typealias Answer = @Sendable () -> JSONValue

  package let id = "host"
  private let switchboard: Switchboard
  private let answers: [String: Answer]

  /// - Parameters:
  ///   - status: What `host.status` answers; from any thread, quickly.
  ///   - plugins: What `host.plugins` answers.
  package init(switchboard: Switchboard, status: @escaping Answer, plugins: @escaping Answer) {
    self.switchboard = switchboard
    answers = ["host.status": status, "host.plugins": plugins]
  }

  package static let descriptions: [CommandDescription] = [
    description(
      "host.status", "Tells how the host is: its version and state, open calls, plugins, commands with their latencies, topics.",
      ["state": ["type": "string", "enum": ["starting", "ready", "stopping"]], "openCalls": ["type": "integer"]]),
    description(
      "host.plugins", "Tells what each plugin is doing: its state, crashes, open calls, what waits for it and what was dropped.",
      ["plugins": ["type": "array", "items": ["type": "object"]]]),
  ]

  private static func description(_ name: String, _ summary: String, _ output: JSONValue) -> CommandDescription {
    CommandDescription(
      name: name, plugin: "host", summary: summary, input: ["type": "object", "properties": [:], "additionalProperties": false],
      output: ["type": "object", "properties": output], idempotent: true, deadlineMilliseconds: 5_000)
  }

  /// Answers at once, on the caller's thread.
  package func invoke(_ call: OpenCall, payload: [UInt8], content: Content) {
    guard let answer = answers[call.command.description.name] else {
      switchboard.fail(call, .notFound, "the host has no command '\(call.command.description.name)'")
      return
    }
    _ = switchboard.finish(call, status: .ok, content: .json, payload: answer().bytes())
  }

  /// Nothing: a call is answered before it could be given up.
  package func cancelled(_ call: OpenCall, status: CallStatus) { _ = switchboard.calls.remove(call.id) }
  /// Nothing: no answer streams.
  package func granted(_ call: OpenCall, chunks: UInt64, wasStarved: Bool) {}
}
