// SPDX-License-Identifier: Apache-2.0

/// What `run_metrics` holds of one metric of one run, kept up to date in memory and written at each commit.
struct MetricSummary {
  /// The metric's row in `metric_names`.
  let metric: Int64
  var count: Int64 = 0
  var min = Double.infinity
  var max = -Double.infinity
  var lastValue = 0.0
  var lastStep: Int64 = 0
  var lastSession: Int64 = 0
  var lastSeq: Int64 = 0
  var isDirty = false

  /// Takes one stored value in. Within a session the highest sequence is the last, whatever came first.
  mutating func add(_ value: Double, step: Int64, session: Int64, seq: Int64) {
    count += 1
    min = Swift.min(min, value)
    max = Swift.max(max, value)
    isDirty = true
    guard session != lastSession || seq > lastSeq else { return }
    lastValue = value
    lastStep = step
    lastSession = session
    lastSeq = seq
  }
}
