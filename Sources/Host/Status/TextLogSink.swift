// SPDX-License-Identifier: Apache-2.0
import Glibc
import PluginBridge

/// Log lines for a person at a terminal: time, level, label, message, `key=value`.
package struct TextLogSink: LogSink {
  private let descriptor: Int32
  private let colour: Bool

  /// - Parameters:
  ///   - descriptor: Written to, never closed.
  ///   - colour: nil decides: colour on a terminal unless `NO_COLOR` is set.
  package init(descriptor: Int32 = STDERR_FILENO, colour: Bool? = nil) {
    self.descriptor = descriptor
    self.colour = colour ?? LogOutput.wantsColour(descriptor)
  }

  package func write(_ record: LogRecord) {
    LogOutput.write(Array(Self.line(record, colour: colour).utf8), to: descriptor)
  }

  /// Lays one record out, with its line break.
  static func line(_ record: LogRecord, colour: Bool) -> String {
    var line = LogTime.clock(record.time) + " " + level(record.level, colour: colour) + " "
    line += paint(clean(record.label), "1", colour) + " " + clean(record.message)
    for (key, value) in record.values {
      line += " " + paint(clean(key) + "=", "2", colour) + quoteIfNeeded(value)
    }
    return line + "\n"
  }

  private static func level(_ level: LogLevel, colour: Bool) -> String {
    let padded = level.name + String(repeating: " ", count: 7 - level.name.count)
    switch level {
    case .debug: return paint(padded, "2", colour)
    case .info: return padded
    case .warning: return paint(padded, "33", colour)
    case .error: return paint(padded, "31", colour)
    }
  }

  private static func paint(_ text: String, _ code: String, _ colour: Bool) -> String {
    colour ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
  }

  private static func quoteIfNeeded(_ value: String) -> String {
    let plain = !value.isEmpty && value.unicodeScalars.allSatisfy { $0 != " " && $0 != "\"" && $0 != "=" && !isControl($0) }
    return plain ? value : "\"" + clean(value).replacing("\"", with: "\\\"") + "\""
  }

  /// Keeps a text on its line and its escape sequences from the terminal: control characters become `\u{…}`.
  private static func clean(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: isControl) else { return text }
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      if !isControl(scalar) {
        result.append(scalar)
      } else if scalar == "\n" {
        result.append(contentsOf: "\\n".unicodeScalars)
      } else {
        result.append(contentsOf: "\\u{\(String(scalar.value, radix: 16))}".unicodeScalars)
      }
    }
    return String(result)
  }

  private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
    scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
  }
}
