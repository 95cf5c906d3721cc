// SPDX-License-Identifier: Apache-2.0

/// How a run ended.
struct RunEnding: Sendable, Hashable {
  enum Status: String, Sendable, Hashable, Codable {
    /// The kernel said ok.
    case ok
    /// The code failed.
    case error
    /// It was never begun, or was interrupted.
    case aborted
    /// The kernel ended or was restarted in the middle.
    case lost
  }

  var status: Status
  /// The kernel's counter; nil when it gave none.
  var executionCount: Int?
  /// A sentence, unless the status is ok.
  var reason: String?
  /// Unix times in seconds; nil for what did not happen.
  var timings: RunTimings
}
