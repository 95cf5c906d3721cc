// SPDX-License-Identifier: Apache-2.0

/// A checkpoint that can be loaded.
struct UsableCheckpoint: Sendable, Equatable {
  var path: String
  var step: Int?
}
