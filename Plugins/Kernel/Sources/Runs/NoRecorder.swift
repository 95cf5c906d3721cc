// SPDX-License-Identifier: Apache-2.0

/// Keeps nothing.
struct NoRecorder: RunRecorder {
  func began(_ run: RunDescription) {}
  func happened(_ event: RunEvent, in run: RunDescription) {}
  func ended(_ run: RunDescription, with ending: RunEnding) {}
}
