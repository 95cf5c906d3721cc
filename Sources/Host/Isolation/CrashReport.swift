// SPDX-License-Identifier: Apache-2.0

/// What is known of one end of a plugin's process.
///
/// Everything in it may come from the plugin, so every part has its limit.
package struct CrashReport: Hashable, Sendable {
  package enum Ending: Hashable, Sendable {
    /// By itself, with this status.
    case exited(Int32)
    case signalled(Int32)
    /// It was asked whether it lives, and was killed for its silence.
    case unresponsive
    /// It runs, or has ended unseen, and let go of the line to the host.
    case closedLine
  }

  package static let maximumCalls = 20
  package static let maximumErrorBytes = 4 << 10

  package let plugin: String
  package let version: String
  /// Seconds since 1970.
  package let time: Double
  package let pid: Int32
  package let ending: Ending
  /// Names of the commands it was carrying out.
  package let calls: [String]
  /// The last it wrote to standard error.
  package let standardError: String
  /// What the runtime says of the fault and where, when it could look at the process.
  package let backtrace: Backtrace?
  /// A look at a process that hung, a frame a line.
  package let sample: [String]

  package init(
    plugin: String, version: String, time: Double? = nil, pid: Int32, ending: Ending, calls: [String] = [], standardError: [UInt8] = [],
    backtrace: Backtrace? = nil, sample: [String] = []
  ) {
    self.plugin = plugin.shown(limit: 100)
    self.version = version.shown(limit: 100)
    self.time = time ?? LogTime.now
    self.pid = pid
    self.ending = ending
    self.calls = calls.prefix(Self.maximumCalls).map { $0.shown(limit: 200) }
    self.standardError = String(spoken: standardError, limit: Self.maximumErrorBytes)
    self.backtrace = backtrace
    self.sample = StackSample.bounded(sample)
  }

  /// The time as RFC 3339 in UTC, with milliseconds.
  package var stamp: String { LogTime.stamp(time) }
}

extension CrashReport.Ending: CustomStringConvertible {
  /// For the middle of a sentence: "process 17 …".
  package var description: String {
    switch self {
    case .exited(let status): "ended by itself with status \(status)"
    case .signalled(let number):
      "was ended by \(EndSignal.name(number))" + (EndSignal.meaning(number).map { " (\($0))" } ?? "")
    case .unresponsive: "did not answer and was killed"
    case .closedLine: "closed its line to the host"
    }
  }
}
