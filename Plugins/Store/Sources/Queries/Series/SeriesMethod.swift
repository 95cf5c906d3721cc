// SPDX-License-Identifier: Apache-2.0

/// How a series is made smaller.
enum SeriesMethod: String, Decodable, Sendable {
  /// The least, the greatest and the last value of each bucket of steps.
  case minmax
  /// Largest triangle three buckets: the points that a line through all of them would miss most.
  case lttb
}
