// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials

/// The environment of this process.
enum Environment {
  static var all: [String: String] { ProcessInfo.processInfo.environment }

  /// nil when it is not set, or empty.
  static func value(_ name: String) -> String? { all[name].flatMap { $0.isEmpty ? nil : $0 } }
}
