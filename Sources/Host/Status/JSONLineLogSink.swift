// SPDX-License-Identifier: Apache-2.0
import Glibc
import JSON

/// Log lines for programs: one JSON object a line, with "time" (UTC), "level", "label", "message", and the values beside them.
package struct JSONLineLogSink: LogSink {
  private enum Output {
    case descriptor(Int32)
    case file(RotatingFile)
  }

  private let output: Output

  /// - Parameter descriptor: Written to, never closed.
  package init(descriptor: Int32 = STDERR_FILENO) { output = .descriptor(descriptor) }

  package init(file: RotatingFile) { output = .file(file) }

  package func write(_ record: LogRecord) {
    let line = Array((Self.line(record) + "\n").utf8)
    switch output {
    case .descriptor(let descriptor): _ = LogOutput.write(line, to: descriptor)
    case .file(let file): file.append(line)
    }
  }

  /// Values whose name is taken are put under "values".
  static func line(_ record: LogRecord) -> String {
    var object: [String: JSONValue] = [
      "time": .string(LogTime.stamp(record.time)), "level": .string(record.level.name), "label": .string(record.label),
      "message": .string(record.message),
    ]
    var rest: [String: JSONValue] = [:]
    for (key, value) in record.values {
      if object[key] == nil { object[key] = .string(value) } else { rest[key] = .string(value) }
    }
    if !rest.isEmpty { object["values"] = .object(rest) }
    return JSONValue.object(object).serialized()
  }
}
