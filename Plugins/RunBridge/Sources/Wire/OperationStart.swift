// SPDX-License-Identifier: Apache-2.0

internal import JSON

/// A script says that it waits for something: a form, a participant, a lambda, an answer over HTTP.
struct OperationStart: Sendable, Hashable {
  /// As the script names it, as text; unique on its connection.
  let operation: String
  /// As "form", "copilot_participant", "lambda", "http_endpoint".
  let type: String
  /// What a submit must name; guessable, so only worth something together with the connection.
  let resumeToken: String?
  /// For people.
  let name: String?
  /// `metadata.operationParams`, or `uiState`; null without either.
  let parameters: JSONValue
  /// From now; nil: the script did not say.
  let timeout: Duration?
  /// The whole body, as it came.
  let body: JSONValue
}
