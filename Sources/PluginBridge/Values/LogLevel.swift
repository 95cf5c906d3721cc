// SPDX-License-Identifier: Apache-2.0

/// How much a log line matters; the raw values are those of the plugin contract.
package enum LogLevel: Int, Sendable, Comparable, CaseIterable {
  /// The rest.
  case debug = 0
  /// Lifecycle: what began, what ended.
  case info = 1
  /// We went on without something.
  case warning = 2
  /// A person must act.
  case error = 3

  package var name: String {
    switch self {
    case .debug: "debug"
    case .info: "info"
    case .warning: "warning"
    case .error: "error"
    }
  }

  /// Reads the name as it stands in the configuration; nil when there is no such level.
  package init?(name: String) {
    guard let level = Self.allCases.first(where: { $0.name == name }) else { return nil }
    self = level
  }

  package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}
