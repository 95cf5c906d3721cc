// SPDX-License-Identifier: Apache-2.0
import Glibc
import JSON
import PluginTestKit

/// Lines for the process that started this one. Each is written at once, so that the last one is there when this process is not.
///
/// The descriptor is moved away from 3, where a plugin in a process of its own finds the host; what then lies at 3 is watched.
struct Report: Sendable {
  private let descriptor: Int32
  /// Longer lines might be torn apart by others.
  private static let longest = 4_000

  init?() {
    descriptor = fcntl(3, F_DUPFD_CLOEXEC, 200)
    let bait = unsafe open("/dev/null", O_RDWR)
    guard descriptor >= 0, bait >= 0, bait == 3 || dup2(bait, 3) == 3 else { return nil }
    if bait != 3 { close(bait) }
    KeptMemory.watch(reportingTo: descriptor)
  }

  /// Says what is done next.
  func mark(_ what: String) { write(["at": .string(what)]) }

  /// Says that the last thing is over.
  func markEnd() { write(["left": true]) }

  func add(_ finding: Finding) {
    write([
      "rule": .string(finding.rule), "seen": .string(Self.short(finding.seen)), "fix": .string(finding.fix),
      "severity": .string(finding.severity.rawValue),
    ])
  }

  /// Ends this process without running what a plugin may have left for its end.
  func done() -> Never {
    write(["done": true])
    _exit(0)
  }

  private static func short(_ text: String) -> String { text.count > 1_000 ? "\(text.prefix(1_000))…" : text }

  private func write(_ value: JSONValue) {
    let line = value.serialized() + "\n"
    let bytes = Array(line.utf8.count <= Self.longest ? line.utf8 : "{\"at\":\"(too long to tell)\"}\n".utf8)
    _ = unsafe Glibc.write(descriptor, bytes, bytes.count)
  }
}
