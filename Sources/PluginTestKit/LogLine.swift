// SPDX-License-Identifier: Apache-2.0

/// One line a plugin wrote into the log.
public struct LogLine: Sendable, Hashable, CustomStringConvertible {
  /// How much it matters.
  public enum Level: UInt32, Sendable { case debug, info, warning, error }

  /// How much it matters.
  public let level: Level
  /// The fixed text.
  public let message: String
  /// What varies, a flat JSON object; empty when nothing does.
  public let values: String

  /// The line: `warning run not stored {"run":"r1"}`.
  public var description: String { "\(level) \(message)" + (values.isEmpty ? "" : " \(values)") }
}
