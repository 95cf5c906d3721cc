// SPDX-License-Identifier: Apache-2.0

internal import WebSockets

/// The token and session that a request shows. Never to be logged.
struct DoorCredentials: Sendable {
  let token: String?
  let session: String?

  /// - Parameter takesQuery: Whether the token may stand in the query, as where a client has no other way.
  init(_ head: WebServerHead, takesQuery: Bool) {
    let inQuery = takesQuery ? head.queryValue("token") : nil
    token = Self.first([inQuery, head["x-evolve-run-bridge-token"], head["x-evolve-token"], Self.bearer(head["authorization"])])
    session = Self.first([head["x-evolve-run-bridge-session"], head["x-evolve-session"], head.queryValue("session")])
  }

  private static func first(_ values: [String?]) -> String? { values.lazy.compactMap { $0 }.first { !$0.isEmpty } }

  private static func bearer(_ value: String?) -> String? {
    guard let value, value.utf8.count > 7, value.prefix(7).lowercased() == "bearer " else { return nil }
    return String(value.dropFirst(7).drop { $0 == " " })
  }
}
