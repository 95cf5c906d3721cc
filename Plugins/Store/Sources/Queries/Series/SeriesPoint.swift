// SPDX-License-Identifier: Apache-2.0

/// One value of a metric at one step.
struct SeriesPoint: Sendable, Hashable {
  var step: Int64
  var value: Double
}
