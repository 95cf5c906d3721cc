// SPDX-License-Identifier: Apache-2.0
import JSON
import PluginBridge

/// Log lines for tools: one JSON object a line, `time`, `level`, `label`, `message` first, what varies under `values`.
package struct JSONLineLogSink: LogSink {
  private let output: @Sendable ([UInt8]) -> Void

  /// - Parameter descriptor: Written to, never closed.
  package init(descriptor: Int32) {
    output = { LogOutput.write($0, to: descriptor) }
  }

  package init(file: RotatingFile) {
    output = { file.write($0) }
  }

  package func write(_ record: LogRecord) { output(Self.line(record)) }

  /// Lays one record out, with its line break. A key given twice keeps its later value.
  static func line(_ record: LogRecord) -> [UInt8] {
    var line = "{\"time\":" + quoted(LogTime.stamp(record.time)) + ",\"level\":" + quoted(record.level.name)
    line += ",\"label\":" + quoted(record.label) + ",\"message\":" + quoted(record.message)
    if !record.values.isEmpty {
      let values = record.values.map { ($0.0, JSONValue.string($0.1)) }
      line += ",\"values\":" + JSONValue.object(Dictionary(values) { $1 }).serialized()
    }
    return Array((line + "}\n").utf8)
  }

  private static func quoted(_ text: String) -> String { JSONValue.string(text).serialized() }
}
