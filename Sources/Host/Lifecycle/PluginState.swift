// SPDX-License-Identifier: Apache-2.0

/// What a plugin is doing, as `jackfield plugins` shows it.
package enum PluginState: String, Sendable {
  /// Its code runs.
  case active
  /// Judged and on the switchboard; its code is loaded when first needed.
  case ready
  /// Its process died, and the next one is about to begin.
  case restarting
  case disabled
  /// Not allowed in; the reason says why and what to do.
  case refused
  /// Its code was loaded and did not start, or did not stop.
  case failed
  /// Held back after crashing too often.
  case quarantined
}
