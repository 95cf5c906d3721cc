// SPDX-License-Identifier: Apache-2.0

/// What `from`, `to` and `xs` of a series are counted in.
enum SeriesAxis: String, Decodable, Sendable {
  case step
  /// The epoch of the event that brought the value.
  case epoch
  /// Unix seconds by the trainer's clock.
  case time
}
