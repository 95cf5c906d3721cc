// SPDX-License-Identifier: Apache-2.0

/// One value of one metric.
struct MetricPoint {
  let run: String
  let metric: String
  let step: Int64
  let epoch: Int64?
  /// Unix seconds by the trainer's clock.
  let time: Double?
  let value: Double
}
