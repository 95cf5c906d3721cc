// SPDX-License-Identifier: Apache-2.0

/// Lines into the host's structured log.
///
/// Short fixed text, lower case, and what varies as values: `log.warning("run not stored", ["run": id, "reason": error])`.
/// Error: a person must act. Warning: we went on without something. Info: lifecycle. Debug: the rest.
/// Over 1 000 lines a second are dropped and counted by the host.
public struct PluginLog: Sendable {
  /// What varies in a line: numbers and truth values stay such, everything else is written as text.
  public typealias Values = [String: any CustomStringConvertible & Sendable]

  let connection: HostConnection

  /// Writes a line for whoever looks for a fault.
  public func debug(_ message: String, _ values: Values = [:]) { write(0, message, values) }
  /// Writes a line about the plugin's life.
  public func info(_ message: String, _ values: Values = [:]) { write(1, message, values) }
  /// Writes a line about something we went on without.
  public func warning(_ message: String, _ values: Values = [:]) { write(2, message, values) }
  /// Writes a line that asks a person to act.
  public func error(_ message: String, _ values: Values = [:]) { write(3, message, values) }

  private static let longestMessage = 8 << 10
  private static let longestValues = 64 << 10

  private func write(_ level: UInt32, _ message: String, _ values: Values) {
    var text = JSONText()
    if !values.isEmpty { text.append(object: values) }
    let size = text.bytes.count
    if size > Self.longestValues {
      text = JSONText()
      text.append(object: ["dropped": "values of \(size) bytes; a line holds at most \(Self.longestValues)"])
    }
    connection.log(level, message.prefix(utf8Bytes: Self.longestMessage), text.bytes)
  }
}
