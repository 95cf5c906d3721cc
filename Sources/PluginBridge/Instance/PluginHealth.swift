// SPDX-License-Identifier: Apache-2.0

/// What a plugin last said of itself through "jf.health/1".
package struct PluginHealth: Sendable {
  package enum Level: UInt32, Sendable {
    case ok = 0
    case warning = 1
    case failing = 2

    package var name: String { ["ok", "warning", "failing"][Int(rawValue)] }
  }

  package var level = Level.ok
  package var message = ""
  /// The plugin's last log line of level error, for the message when it fails to start.
  package var lastError: String?

  package init() {}
}
