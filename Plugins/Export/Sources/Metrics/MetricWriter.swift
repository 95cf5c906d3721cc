// SPDX-License-Identifier: Apache-2.0

/// Somewhere that values go, one after the other.
protocol MetricWriter: AnyObject {
  func write(_ point: MetricPoint) throws
  /// Puts everything on disk.
  func finish() throws
}
