// SPDX-License-Identifier: Apache-2.0
import Glibc
package import PluginBridge

/// The pen of one part of the host: stamps lines with time and label and hands them to a sink.
package struct Logger: Sendable {
  package let label: String
  private let sink: any LogSink

  package init(label: String, sink: any LogSink) {
    self.label = label
    self.sink = sink
  }

  /// Writes nowhere.
  package static let silent = Logger(label: "", sink: MultiSink([]))

  /// Makes a pen for another part that writes to the same place.
  package func labelled(_ label: String) -> Logger { Logger(label: label, sink: sink) }

  package func debug(_ message: String, _ values: KeyValuePairs<String, String> = [:]) { log(.debug, message, values) }
  package func info(_ message: String, _ values: KeyValuePairs<String, String> = [:]) { log(.info, message, values) }
  package func warning(_ message: String, _ values: KeyValuePairs<String, String> = [:]) { log(.warning, message, values) }
  package func error(_ message: String, _ values: KeyValuePairs<String, String> = [:]) { log(.error, message, values) }

  package func log(_ level: LogLevel, _ message: String, _ values: KeyValuePairs<String, String> = [:]) {
    log(level, message, values: values.map { ($0.key, $0.value) })
  }

  /// Logs with values known only at run time, as a plugin's are.
  package func log(_ level: LogLevel, _ message: String, values: [(String, String)]) {
    sink.write(LogRecord(time: LogTime.now, level: level, label: label, message: message, values: values))
  }
}
