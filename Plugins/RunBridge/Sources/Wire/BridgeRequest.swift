// SPDX-License-Identifier: Apache-2.0

internal import JSON

/// One question of a script.
struct BridgeRequest: Sendable, Hashable {
  /// As it came, to be sent back as it came. Only unique on its connection; nil: asked by a command, not over a socket.
  let id: JSONValue?
  /// As "vscode/showMessage".
  let type: String
  /// An object.
  let params: JSONValue
  /// When the caller stops waiting; nil: it did not say.
  let deadline: ContinuousClock.Instant?
}
