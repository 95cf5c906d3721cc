// SPDX-License-Identifier: Apache-2.0

/// How far the ending of a process has come that does not end by itself: its stacks, then SIGTERM, then SIGKILL.
enum RunnerLadder: Sendable, Equatable {
  case idle
  case sampling(until: UInt64)
  case terminated(until: UInt64)
  case killed

  /// When the next step is due; nil when none is.
  var due: UInt64? {
    switch self {
    case .idle, .killed: nil
    case .sampling(let time), .terminated(let time): time
    }
  }
}
