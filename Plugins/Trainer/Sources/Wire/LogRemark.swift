// SPDX-License-Identifier: Apache-2.0

internal import JSON

/// What a log line of a trainer tells beside its text: no other event says it.
enum LogRemark: Sendable, Equatable {
  /// Only trainers under Lightning write such lines.
  case lightning
  /// The loss of a batch was not a number; the batch is not counted as a step.
  case nonFiniteLoss

  private static let lightningPrefixes = ["[fit_driver]", "[lightning_test]"].map { Array($0.utf8) }
  private static let nonFinitePrefix = Array("Non-finite loss at step".utf8)

  /// - Returns: Nil for most lines.
  init?(_ line: JSONElement) {
    let found = line["text"]?.withText { text -> LogRemark? in
      if Self.lightningPrefixes.contains(where: { text.begins(with: $0) }) { return .lightning }
      return text.begins(with: Self.nonFinitePrefix) ? .nonFiniteLoss : nil
    }
    guard let remark = found ?? nil else { return nil }
    self = remark
  }
}

extension Span<UInt8> {
  fileprivate func begins(with prefix: [UInt8]) -> Bool {
    guard count >= prefix.count else { return false }
    for index in prefix.indices where self[index] != prefix[index] { return false }
    return true
  }
}
