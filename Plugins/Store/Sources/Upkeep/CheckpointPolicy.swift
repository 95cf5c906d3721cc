// SPDX-License-Identifier: Apache-2.0

internal import PluginSDK

/// Which checkpoints are kept when their trainer deletes them: `checkpoints.keep`.
enum CheckpointPolicy: Sendable, Hashable {
  case none, all
  /// Those a pause wrote.
  case paused
  /// So many of each run, the newest.
  case last(Int)

  /// Reads the setting.
  init(_ text: String) throws {
    switch text {
    case "none": self = .none
    case "all": self = .all
    case "paused": self = .paused
    default:
      let parts = text.split(separator: " ")
      guard parts.count == 2, parts[0] == "last", let count = Int(parts[1]), (1...100_000).contains(count) else {
        throw PluginFailure(
          "cannot use '\(text.prefix(100))' as 'checkpoints.keep': it is \"none\", \"all\", \"paused\", or \"last N\" with N from 1 to 100000",
          code: "keep_invalid", status: .invalid)
      }
      self = .last(count)
    }
  }
}
