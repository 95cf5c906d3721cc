// SPDX-License-Identifier: Apache-2.0

extension CrashReport {
  /// For people: the sentence first, then where it was, then what it said last.
  package var text: String { ([headline] + place + sampled + said).joined(separator: "\n") }

  /// One line: when, which process, how it ended, what it was doing.
  package var headline: String {
    let doing = calls.isEmpty ? "with no call open" : "while carrying out \(calls.prefix(3).map { "'\($0)'" }.joined(separator: ", "))"
    let more = calls.count > 3 ? " and \(calls.count - 3) more" : ""
    return "\(stamp): process \(pid) of plugin '\(plugin)' \(version) \(ending), \(doing)\(more)"
  }

  private var place: [String] {
    guard let backtrace else { return [] }
    let thread = backtrace.thread.map { " in thread '\($0)'" } ?? ""
    return ["\(backtrace.fault)\(thread):"] + Self.shortened(backtrace.frames.map(\.text))
  }

  private var sampled: [String] { sample.isEmpty ? [] : ["it stood at:"] + Self.shortened(sample) }

  private var said: [String] {
    let lines = standardError.split(separator: "\n").suffix(5)
    return lines.isEmpty ? [] : ["it said last:"] + lines.map { "  \(String($0).shown(limit: 300))" }
  }

  /// At most twelve, indented.
  private static func shortened(_ lines: [String]) -> [String] {
    let shown = lines.prefix(12).map { "  \($0)" }
    return lines.count > 12 ? shown + ["  … \(lines.count - 12) more"] : shown
  }
}

extension Backtrace.Frame {
  /// "reads_null in libthumb.so at thumb.c:17".
  fileprivate var text: String {
    let place = file.map { " at \($0.fileName)\(line.map { ":\($0)" } ?? "")" } ?? ""
    return function + (library.isEmpty ? "" : " in \(library)") + place
  }
}
