// SPDX-License-Identifier: Apache-2.0

internal import JSON

/// One file of a bundle, as its manifest tells it.
struct BundleFile: Sendable, Hashable {
  /// What it is for.
  enum Role: String, Sendable {
    case database
    case checkpoint
    case finalModel = "final_model"
    case report
  }

  var path: String
  var role: Role
  /// nil in bundles of the earlier dashboard, which do not tell.
  var bytes: Int64?
  /// In hexadecimal; nil in bundles of the earlier dashboard, which do not tell.
  var sha256: String?

  var json: JSONValue {
    var value: JSONValue = ["path": .string(path), "role": .string(role.rawValue)]
    if let bytes { value["bytes"] = .integer(bytes) }
    if let sha256 { value["sha256"] = .string(sha256) }
    return value
  }
}
