// SPDX-License-Identifier: Apache-2.0
package import JSON

/// What a manifest says of one command.
package struct CommandDescription: Sendable {
  package var name: String
  /// The id of the plugin that offers it.
  package var plugin: String
  package var summary: String
  /// JSON Schema of the arguments and of the result; nil accepts anything.
  package var input: JSONValue?
  package var output: JSONValue?
  package var stream: Bool
  package var idempotent: Bool
  /// Applied when a caller names no deadline; nil is none.
  package var deadlineMilliseconds: Int?
  /// Answered on the caller's thread, within microseconds.
  package var inline: Bool

  package init(
    name: String, plugin: String, summary: String = "", input: JSONValue? = nil, output: JSONValue? = nil, stream: Bool = false,
    idempotent: Bool = false, deadlineMilliseconds: Int? = nil, inline: Bool = false
  ) {
    self.name = name
    self.plugin = plugin
    self.summary = summary
    self.input = input
    self.output = output
    self.stream = stream
    self.idempotent = idempotent
    self.deadlineMilliseconds = deadlineMilliseconds
    self.inline = inline
  }
}
