// SPDX-License-Identifier: Apache-2.0
// What a plugin's process prints: into the log, line by line, and the end of it into the crash report.
import Glibc
import PluginBridge

/// One of the two pipes of a runner. Used by its supervisor's thread alone.
struct RunnerOutput {
  private static let lineLimit = 8 << 10
  private static let linesASecond = 1_000

  private let descriptor: Int32
  private let level: LogLevel
  private let stream: String
  private let logger: Logger
  private var line: [UInt8] = []
  private var window: (second: UInt64, lines: Int) = (0, 0)
  /// The last of what was printed.
  private(set) var tail: [UInt8] = []

  init(_ descriptor: Int32, _ level: LogLevel, _ stream: String, _ logger: Logger) {
    self.descriptor = descriptor
    self.level = level
    self.stream = stream
    self.logger = logger
  }

  /// Reads what is there. Returns false when nothing more will come.
  mutating func drain() -> Bool {
    var chunk = [UInt8](repeating: 0, count: 16 << 10)
    // A plugin that prints without end must not keep its supervisor from everything else.
    for _ in 0..<16 {
      let count = unsafe read(descriptor, &chunk, chunk.count)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return count < 0 && errno == EAGAIN }
      take(chunk[..<count])
    }
    return true
  }

  private mutating func take(_ bytes: ArraySlice<UInt8>) {
    tail = Array((tail + bytes).suffix(CrashReport.maximumErrorBytes))
    for byte in bytes {
      if byte == UInt8(ascii: "\n") || line.count >= Self.lineLimit { writeLine() }
      if byte != UInt8(ascii: "\n") { line.append(byte) }
    }
  }

  private mutating func writeLine() {
    defer { line.removeAll(keepingCapacity: true) }
    let second = MonotonicClock.now() / 1_000_000_000
    if window.second != second { window = (second, 0) }
    window.lines += 1
    guard window.lines <= Self.linesASecond else { return }
    logger.log(level, String(decoding: line, as: UTF8.self), values: [("stream", stream)])
  }

  /// Writes down what has no end of line.
  mutating func finish() {
    if !line.isEmpty { writeLine() }
  }
}
