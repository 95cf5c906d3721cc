// SPDX-License-Identifier: Apache-2.0
package import JSON

extension CrashReport {
  package var json: JSONValue {
    var json: JSONValue = [
      "schema": 1, "plugin": .string(plugin), "version": .string(version), "time": .string(stamp), "unixTime": .number(time),
      "pid": .integer(Int64(pid)), "ending": ending.json, "calls": .array(calls.map { .string($0) }),
      "standardError": .string(standardError),
    ]
    if let backtrace { json["backtrace"] = backtrace.json }
    if !sample.isEmpty { json["sample"] = .array(sample.map { .string($0) }) }
    return json
  }

  /// nil when a part is missing or of another kind.
  package init?(_ json: JSONValue) {
    guard json["schema"]?.intValue == 1, let plugin = json["plugin"]?.stringValue, let version = json["version"]?.stringValue,
      let time = json["unixTime"]?.doubleValue, Self.years.contains(time), let pid = json["pid"]?.intValue.flatMap({ Int32(exactly: $0) }),
      let ending = json["ending"].flatMap({ Ending($0) })
    else { return nil }
    self.init(
      plugin: plugin, version: version, time: time, pid: pid, ending: ending, calls: Self.texts(json["calls"]),
      standardError: Array((json["standardError"]?.stringValue ?? "").utf8), backtrace: json["backtrace"].flatMap { Backtrace($0) },
      sample: Self.texts(json["sample"]))
  }

  /// Times that have four digits for the year.
  private static let years = 0..<253_402_300_800.0

  private static func texts(_ json: JSONValue?) -> [String] { (json?.arrayValue ?? []).compactMap(\.stringValue) }
}

extension CrashReport.Ending {
  fileprivate var json: JSONValue {
    switch self {
    case .exited(let status): ["kind": "exited", "status": .integer(Int64(status)), "text": .string(description)]
    case .signalled(let number):
      ["kind": "signalled", "signal": .integer(Int64(number)), "name": .string(EndSignal.name(number)), "text": .string(description)]
    case .unresponsive: ["kind": "unresponsive", "text": .string(description)]
    case .closedLine: ["kind": "closedLine", "text": .string(description)]
    }
  }

  fileprivate init?(_ json: JSONValue) {
    func number(_ key: String) -> Int32? { json[key]?.intValue.flatMap { Int32(exactly: $0) } }
    switch json["kind"]?.stringValue {
    case "exited": if let status = number("status") { self = .exited(status) } else { return nil }
    case "signalled": if let signal = number("signal") { self = .signalled(signal) } else { return nil }
    case "unresponsive": self = .unresponsive
    case "closedLine": self = .closedLine
    default: return nil
    }
  }
}

extension Backtrace {
  fileprivate var json: JSONValue {
    var json: JSONValue = ["fault": .string(fault), "frames": .array(frames.map(\.json))]
    json["thread"] = thread.map { .string($0) }
    return json
  }

  fileprivate init?(_ json: JSONValue) {
    guard let fault = json["fault"]?.stringValue, let frames = json["frames"]?.arrayValue else { return nil }
    self.init(fault: fault, thread: json["thread"]?.stringValue, frames: frames.prefix(Self.maximumFrames).compactMap { Frame($0) })
  }
}

extension Backtrace.Frame {
  fileprivate var json: JSONValue {
    var json: JSONValue = ["function": .string(function), "library": .string(library)]
    json["file"] = file.map { .string($0) }
    json["line"] = line.map { .integer(Int64($0)) }
    return json
  }

  fileprivate init?(_ json: JSONValue) {
    guard let function = json["function"]?.stringValue, let library = json["library"]?.stringValue else { return nil }
    self.init(function: function, library: library, file: json["file"]?.stringValue, line: json["line"]?.intValue)
  }
}
