// SPDX-License-Identifier: Apache-2.0

internal import JSON

/// The answer of `store.copy_runs`.
struct CopiedRuns: Decodable, Sendable {
  struct Run: Decodable, Sendable {
    var name: String
    var steps: Int64?
    var lastStep: Int64?
    var state: String?
    /// Names of its parents that are not in the copy.
    var absentParents: [String]?

    private enum CodingKeys: String, CodingKey {
      case name, steps, state
      case lastStep = "last_step"
      case absentParents = "absent_parents"
    }
  }

  var runs: [Run]
  var checkpoints: [CopiedCheckpoint]
  var bytes: Int64
  var schema: Int64?
}
