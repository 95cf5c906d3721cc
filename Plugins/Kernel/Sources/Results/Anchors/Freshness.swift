// SPDX-License-Identifier: Apache-2.0

/// How a result's lines compare with those that were run.
enum Freshness: String, Sendable, Hashable, Codable {
  /// They are the same, wherever they stand now.
  case fresh
  /// They were changed since.
  case edited
  /// They are not there any more.
  case orphaned
}
