// SPDX-License-Identifier: Apache-2.0

internal import JSON

/// What is kept of somebody who is signed in: enough to know the cookie again, not enough to make it.
struct SessionEntry: Sendable, Hashable {
  let id: String
  /// SHA-256 of the cookie's secret, in hexadecimal digits.
  let digest: String
  let isReadOnly: Bool
  /// In Unix seconds.
  let created: Double
  /// In Unix seconds.
  var used: Double

  var session: PageSession { PageSession(id: id, isReadOnly: isReadOnly) }

  /// As it is kept.
  var json: JSONValue {
    [
      "id": .string(id), "digest": .string(digest), "read_only": .bool(isReadOnly), "created": .number(created), "used": .number(used),
    ]
  }

  /// As `dashboard.status` tells it.
  var told: JSONValue { ["id": .string(id), "read_only": .bool(isReadOnly), "created": .number(created), "used": .number(used)] }
}

extension SessionEntry {
  /// Nil when a member is missing.
  init?(_ json: JSONValue) {
    guard let id = json["id"]?.stringValue, let digest = json["digest"]?.stringValue, let isReadOnly = json["read_only"]?.boolValue,
      let created = json["created"]?.doubleValue, let used = json["used"]?.doubleValue
    else { return nil }
    self.init(id: id, digest: digest, isReadOnly: isReadOnly, created: created, used: used)
  }
}
