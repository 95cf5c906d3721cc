// SPDX-License-Identifier: Apache-2.0

/// How a run is, as far as its trainer's events tell.
enum RunState: String, CaseIterable {
  /// Known by name only.
  case new
  case running, paused, stopping
  /// Its trainer is at a test pass.
  case testing
  /// Its training ended, or went on as another run.
  case finished
  /// Somebody stopped it.
  case stopped
  /// The trainer's connection ended without a word of the end.
  case lost

  /// Whether the trainer may still be at it.
  var isAlive: Bool { self == .new || self == .running || self == .paused || self == .stopping || self == .testing }
}
