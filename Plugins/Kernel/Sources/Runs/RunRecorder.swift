// SPDX-License-Identifier: Apache-2.0

/// Keeps what becomes of runs. Called by a kernel in the order things happen; must not block.
protocol RunRecorder: Sendable {
  /// A run was queued.
  func began(_ run: RunDescription)
  /// Something happened in it.
  func happened(_ event: RunEvent, in run: RunDescription)
  /// It ended. Output may still come: a thread of the kernel goes on printing under the run's name.
  func ended(_ run: RunDescription, with ending: RunEnding)
}
