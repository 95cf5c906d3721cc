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

  /// What is wrong with a file of which so much was read already; nil as long as nothing is.
  func objection(soFar bytes: Int64) -> String? {
    guard let expected = self.bytes, bytes > expected else { return nil }
    return "is larger than the \(expected) bytes of its manifest"
  }

  /// What is wrong with a file that was read to its end; nil when nothing is.
  func objection(bytes: Int64, sha256: String) -> String? {
    if let expected = self.bytes, bytes != expected { return "has \(bytes) bytes instead of \(expected)" }
    if let expected = self.sha256, sha256 != expected { return "has the SHA-256 \(sha256) instead of \(expected)" }
    return nil
  }

  var json: JSONValue {
    var value: JSONValue = ["path": .string(path), "role": .string(role.rawValue)]
    if let bytes { value["bytes"] = .integer(bytes) }
    if let sha256 { value["sha256"] = .string(sha256) }
    return value
  }
}
