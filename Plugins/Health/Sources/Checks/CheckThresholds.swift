// SPDX-License-Identifier: Apache-2.0

/// From where on a check's numbers are worth a warning, or a failure.
struct CheckThresholds: Sendable, Equatable {
  /// How much fewer samples a second than last time.
  var throughputDrop = 0.3
  var deadWarning = 0.9
  var deadFailed = 0.99
  var saturatedWarning = 0.5
  var saturatedFailed = 0.95
}
