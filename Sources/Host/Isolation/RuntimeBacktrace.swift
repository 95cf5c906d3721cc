// SPDX-License-Identifier: Apache-2.0
// The Swift runtime looks at a process that crashes, also when the fault is in C, and writes what it sees to a file.
import Glibc
import JSON

/// Asks the Swift runtime for such files, and reads them.
package enum RuntimeBacktrace {
  /// Bytes; a file of one crash has some ten thousand.
  static let maximumSize = 4 << 20

  /// What the environment of a process must hold, so that the runtime writes a file when it crashes.
  ///
  /// - Parameter directory: For the files; must exist, or the runtime writes to standard error. With a comma in its path there is no way
  ///   to name it to the runtime, and then it looks at nothing.
  package static func environment(directory: String) -> [String: String] {
    guard !directory.contains(",") else { return ["SWIFT_BACKTRACE": "enable=no"] }
    let limit = "limit=\(Backtrace.maximumFrames)"
    return ["SWIFT_BACKTRACE": "enable=yes,interactive=no,color=no,format=json,threads=crashed,\(limit),output-to=\(directory)/"]
  }

  /// The file of one process; complete when the process has been waited for. Nil when there is none, as on systems without the tool that
  /// the runtime calls.
  package static func file(in directory: String, of pid: Int32) -> String? {
    // "PROGRAM-PID-SECONDS.json"
    let names = (try? Folder.names(in: directory)) ?? []
    return names.last { $0.hasSuffix(".json") && $0.contains("-\(pid)-") }.map { "\(directory)/\($0)" }
  }

  /// Reads the file of a process and removes it; nil when there is none or it cannot be used.
  package static func take(from directory: String, of pid: Int32) -> Backtrace? {
    guard let path = file(in: directory, of: pid) else { return nil }
    defer { unsafe unlink(path) }
    return read(path)
  }

  /// Reads a file; nil when it is missing, too large, cut short, or of another shape.
  package static func read(_ path: String) -> Backtrace? {
    guard let text = try? SmallFile.read(path, limit: maximumSize), let report = try? JSONValue(parsing: text) else { return nil }
    return backtrace(report)
  }

  static func backtrace(_ report: JSONValue) -> Backtrace? {
    guard let threads = report["threads"]?.arrayValue, let thread = threads.first(where: { $0["crashed"]?.boolValue == true }),
      let frames = thread["frames"]?.arrayValue
    else { return nil }
    let name = thread["name"]?.stringValue.flatMap { $0.isEmpty ? nil : $0 }
    return Backtrace(fault: fault(report), thread: name, frames: frames.prefix(Backtrace.maximumFrames).compactMap(frame))
  }

  private static func fault(_ report: JSONValue) -> String {
    let words = report["description"]?.stringValue ?? "crashed"
    return report["faultAddress"]?.stringValue.map { "\(words) at \(shortened($0))" } ?? words
  }

  /// "0x0000000000001234" as "0x1234".
  private static func shortened(_ address: String) -> String {
    guard address.hasPrefix("0x") else { return address }
    let digits = address.dropFirst(2).drop { $0 == "0" }
    return "0x" + (digits.isEmpty ? "0" : digits)
  }

  /// nil for what is no frame ("truncated") and for code that the compiler put between two functions.
  private static func frame(_ frame: JSONValue) -> Backtrace.Frame? {
    guard let address = frame["address"]?.stringValue, frame["thunk"]?.boolValue != true else { return nil }
    let line = frame["sourceLocation"]?["line"]?.intValue.flatMap { $0 > 0 ? $0 : nil }
    let file = line.flatMap { _ in frame["sourceLocation"]?["file"]?.stringValue }
    return Backtrace.Frame(
      function: function(frame) ?? shortened(address), library: frame["image"]?.stringValue ?? "", file: file, line: line)
  }

  /// The readable name, without the offset that stands behind it.
  private static func function(_ frame: JSONValue) -> String? {
    guard let name = frame["description"]?.stringValue ?? frame["symbol"]?.stringValue, !name.isEmpty else { return nil }
    guard let offset = frame["offset"]?.intValue, name.hasSuffix(" + \(offset)") else { return name }
    return String(name.dropLast(" + \(offset)".count))
  }
}
