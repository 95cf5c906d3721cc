// SPDX-License-Identifier: Apache-2.0

extension PluginFailure {
  /// The kind of a failure, an open set.
  public struct Status: RawRepresentable, Sendable, Hashable, CustomStringConvertible {
    /// The number that crosses the boundary; below zero.
    public let rawValue: Int32

    /// Names a status by its number.
    public init(rawValue: Int32) { self.rawValue = rawValue }

    /// The command ran and failed.
    public static let failed = Status(rawValue: -1)
    /// An argument is wrong.
    public static let invalid = Status(rawValue: -2)
    /// There is no such command, topic, call or thing.
    public static let notFound = Status(rawValue: -3)
    /// Known, but not in this build or mode.
    public static let unsupported = Status(rawValue: -4)
    /// Not permitted.
    public static let denied = Status(rawValue: -5)
    /// The caller gave up.
    public static let cancelled = Status(rawValue: -6)
    /// The deadline passed.
    public static let deadline = Status(rawValue: -7)
    /// No credit, or a queue is full.
    public static let again = Status(rawValue: -8)
    /// The call or the plugin behind it is no more.
    public static let gone = Status(rawValue: -9)
    /// The call would lead back into a plugin that waits for it.
    public static let cycle = Status(rawValue: -10)
    /// Over a size limit.
    public static let tooLarge = Status(rawValue: -11)
    /// The host or the plugin is going down.
    public static let stopping = Status(rawValue: -12)
    /// Too many calls at once.
    public static let busy = Status(rawValue: -13)

    /// Success; never the status of a failure.
    public static let ok = Status(rawValue: 0)
    /// Accepted, the answer follows; never the status of a failure.
    public static let pending = Status(rawValue: 1)

    /// Whether it says that something did not work.
    public var isFailure: Bool { rawValue < 0 }

    /// The name used in messages and logs, such as `not_found`; a number for one this SDK does not know.
    public var description: String { Self.names[rawValue] ?? "status \(rawValue)" }

    private static let names: [Int32: String] = [
      0: "ok", 1: "pending", -1: "failed", -2: "invalid", -3: "not_found", -4: "unsupported", -5: "denied", -6: "cancelled",
      -7: "deadline", -8: "again", -9: "gone", -10: "cycle", -11: "too_large", -12: "stopping", -13: "busy",
    ]
  }
}
