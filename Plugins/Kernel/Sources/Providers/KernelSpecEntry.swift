// SPDX-License-Identifier: Apache-2.0

/// A kernel that can be begun, in a list.
struct KernelSpecEntry: Sendable, Hashable, Codable {
  /// What `kernel.start` takes.
  var name: String
  var displayName: String
  var language: String
  /// The provider's name.
  var provider: String
  /// The folder of kernel.json, the interpreter of a synthetic one, or the server's address.
  var source: String
  /// Whether nobody registered it: found by looking at an environment.
  var synthetic = false

  enum CodingKeys: String, CodingKey {
    case name
    case displayName = "display_name"
    case language, provider, source, synthetic
  }
}
