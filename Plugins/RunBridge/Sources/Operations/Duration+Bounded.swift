// SPDX-License-Identifier: Apache-2.0

extension Duration {
  /// At least none, and at most thirty years: scripts say what they like.
  static func bounded(seconds: Double) -> Duration { .seconds(min(max(0, seconds), 1e9)) }
}
