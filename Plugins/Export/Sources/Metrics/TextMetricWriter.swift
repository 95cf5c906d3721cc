// SPDX-License-Identifier: Apache-2.0

internal import JSON

/// Writes one line a value into one file.
final class TextMetricWriter: MetricWriter {
  private let file: OutputFile
  private let line: (MetricPoint) -> [UInt8]
  private var waiting: [UInt8]

  init(path: String, header: String, line: @escaping (MetricPoint) -> [UInt8]) throws {
    file = try OutputFile(path)
    self.line = line
    waiting = Array(header.utf8)
  }

  func write(_ point: MetricPoint) throws {
    waiting += line(point)
    if waiting.count >= Work.chunk { try flush() }
  }

  func finish() throws {
    try flush()
    try file.synchronize()
  }

  private func flush() throws {
    try file.write(waiting)
    waiting.removeAll(keepingCapacity: true)
  }

  /// A line of comma-separated values as RFC 4180 has it, but for the end of a line.
  static func csv(_ point: MetricPoint) -> [UInt8] {
    let fields = [
      quoted(point.run), quoted(point.metric), "\(point.step)", point.epoch.map { "\($0)" } ?? "", point.time.map { "\($0)" } ?? "",
      "\(point.value)",
    ]
    return Array((fields.joined(separator: ",") + "\n").utf8)
  }

  private static func quoted(_ text: String) -> String {
    guard text.utf8.contains(where: { [UInt8(ascii: ","), UInt8(ascii: "\""), UInt8(ascii: "\n"), UInt8(ascii: "\r")].contains($0) }) else {
      return text
    }
    return "\"" + text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
  }

  /// A line of JSON; what is not finite is null.
  static func json(_ point: MetricPoint) -> [UInt8] {
    let value: JSONValue = [
      "run": .string(point.run), "metric": .string(point.metric), "step": .integer(point.step),
      "epoch": point.epoch.map { .integer($0) } ?? .null, "time": point.time.map { .number($0) } ?? .null, "value": .number(point.value),
    ]
    return value.bytes() + [UInt8(ascii: "\n")]
  }
}
