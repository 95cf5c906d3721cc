// SPDX-License-Identifier: Apache-2.0

internal import JSON

/// What a judgement depends on besides the answer itself.
struct CheckContext: Sendable {
  var kind: CheckKind
  /// As it was sent.
  var payload: [String: JSONValue] = [:]
  var thresholds = CheckThresholds()
  /// The last throughput that was measured of the same run.
  var before: ThroughputResult.Earlier?
}
