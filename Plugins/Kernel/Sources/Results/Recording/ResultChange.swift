// SPDX-License-Identifier: Apache-2.0

/// One change to what is kept, not written yet. Changes are written in order, and again when that failed.
enum ResultChange: Sendable {
  case began(RunDescription)
  /// The kernel took it up: now it takes the place of earlier results.
  case started(run: String, time: Double)
  case output(OutputRecord)
  /// Every output of the run's kernel with that display id is now this; `record` says what, its place does not count.
  case update(displayID: String, OutputRecord)
  case clear(run: String)
  /// Outputs that were not kept.
  case leftOut(run: String, outputs: Int, bytes: Int)
  case executionCount(run: String, Int)
  case ended(run: String, RunEnding)

  var cost: Int {
    switch self {
    case .output(let record), .update(_, let record): record.cost
    case .began(let run): 512 + run.code.utf8.count + run.source.utf8.count
    case .started, .clear, .leftOut, .executionCount, .ended: 256
    }
  }
}
