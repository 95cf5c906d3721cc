// SPDX-License-Identifier: Apache-2.0

/// What the application does with requests.
struct WebServerHandlers: Sendable {
  let onRequest: @Sendable (WebServerRequest, WebResponder) -> Void
  let onUpgrade: @Sendable (WebServerHead) -> WebUpgradeDecision
}
