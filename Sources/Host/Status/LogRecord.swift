// SPDX-License-Identifier: Apache-2.0
package import PluginBridge

/// One line of the log. Values are text, so an object that holds a secret cannot slip in whole.
package struct LogRecord: Sendable {
  /// Seconds since 1970.
  package var time: Double
  package var level: LogLevel
  /// Who speaks: "host", "control", a plugin's id.
  package var label: String
  /// Short fixed text; what varies stands in `values`.
  package var message: String
  /// In the order the speaker gave them.
  package var values: [(String, String)]

  package init(time: Double, level: LogLevel, label: String, message: String, values: [(String, String)] = []) {
    self.time = time
    self.level = level
    self.label = label
    self.message = message
    self.values = values
  }
}
