// SPDX-License-Identifier: Apache-2.0

internal import WebSockets

/// A request of somebody who may ask: host, origin, method, cookie and the marks against forgery were looked at.
struct PageRequest: Sendable {
  /// `.nobody` where everybody may ask.
  let session: PageSession
  /// Decoded, below the base path and below what the route was registered for: ["runs.list"] for `api/call/runs.list`.
  let path: [String]
  /// Head and body as they came.
  let whole: WebServerRequest
}
