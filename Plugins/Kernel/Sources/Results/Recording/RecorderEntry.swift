// SPDX-License-Identifier: Apache-2.0

/// One call of the recorder, on its way to the thread that keeps results.
enum RecorderEntry: Sendable {
  case began(RunDescription)
  case happened(RunEvent, run: String)
  case ended(String, RunEnding)

  /// What it takes in memory, roughly.
  var cost: Int {
    switch self {
    case .began(let run): 512 + run.code.utf8.count + run.source.utf8.count
    case .happened(let event, _): 256 + event.content.count + event.buffers.reduce(0) { $0 + $1.count }
    case .ended: 512
    }
  }
}
