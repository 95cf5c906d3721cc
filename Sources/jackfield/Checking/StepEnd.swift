// SPDX-License-Identifier: Apache-2.0

/// How the process of one step ended, and what it said.
struct StepEnd {
  enum Way: Equatable {
    /// It took the whole step.
    case done
    /// It ended itself before that.
    case exited(Int32)
    case died(signal: Int32)
    /// It was ended when its time was over.
    case overdue
    /// Ctrl-C came.
    case interrupted
  }

  var way: Way
  var findings: [CheckFinding]
  /// What it did last, as it said before.
  var last: String
  /// Whether it had come back from that.
  var hadLeft: Bool
  /// Whether it touched borrowed memory after the call.
  var touchedKeptMemory: Bool
  /// Processor time, in seconds.
  var busySeconds: Double
  var output: String
  var errors: String
  /// Whether processes of it had to be ended after it.
  var leftProcesses: Bool
}
