// SPDX-License-Identifier: Apache-2.0

/// From where on the host's numbers are worth a warning, or a failure.
struct HostThresholds: Sendable, Equatable {
  /// Free bytes of a disk.
  var diskWarningBytes: Int64 = 2 << 30
  var diskFailedBytes: Int64 = 256 << 20
  /// Calls that wait for an answer.
  var openCalls = 1_000
  /// How full a queue may be, 0 to 1.
  var queueShare = 0.5
}
