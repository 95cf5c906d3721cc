// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import WebSockets

/// Makes answers that are JSON or a small page.
enum PageAnswer {
  static func json(_ value: JSONValue, _ status: Int = 200, _ headers: [WebHeader] = []) -> WebServerResponse {
    WebServerResponse(status, headers: [WebHeader("Content-Type", "application/json")] + headers, body: value.bytes())
  }

  /// As the page's `CallError` reads it.
  ///
  /// - Parameter word: For programs, as "denied".
  static func problem(_ status: Int, _ word: String, _ message: String, _ headers: [WebHeader] = []) -> WebServerResponse {
    json(["error": ["status": .string(word), "message": .string(message)]], status, headers)
  }
}
