// SPDX-License-Identifier: Apache-2.0

internal import JSON

/// Chats, and remembers what was said.
protocol Chatting: Sendable {
  /// Answers `vscode/chat`: a front that offers chat, else the configured endpoint, else the text that there is no model.
  ///
  /// - Parameter part: Takes the text as it grows, objects with `delta`.
  /// - Returns: `response` and `conversationId`, or `response`, `blocked`, `blockedReason`, `openedChat`.
  func chat(_ request: BridgeRequest, from caller: Caller, part: @escaping @Sendable (JSONValue) -> Void) async throws -> JSONValue

  /// Answers `vscode/getChatHistory` with `messages`.
  func history(_ request: BridgeRequest, from caller: Caller) async throws -> JSONValue
}
