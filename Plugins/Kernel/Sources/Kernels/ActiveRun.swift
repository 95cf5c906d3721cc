// SPDX-License-Identifier: Apache-2.0

/// The run a kernel works at. It is done when the kernel has both replied and said that it is idle.
struct ActiveRun: Sendable {
  var run: QueuedRun
  var message: String
  var timings: RunTimings
  var status: RunEnding.Status?
  var executionCount: Int?
  var reason: String?
  /// Whether the kernel was seen to work at the code, not only to have taken it.
  var hasBegun = false
  /// When something of it was heard last: a reply overtakes a flood of output by more than a limit may be.
  var lastHeard = 0.0
  var hasReplied = false
  var isIdle = false
  /// When the code asked for input that has not come.
  var asksSince: Double?

  var isDone: Bool { hasReplied && isIdle }
}
