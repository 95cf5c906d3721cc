// SPDX-License-Identifier: Apache-2.0
import PluginSDK
import PluginTestKit
import Synchronization

/// Looks at the process around every entry into the plugin, and reports what the plugin changed of it.
final class ProcessWitness: HostWitness {
  private struct Entry: Sendable {
    var state: ProcessState
    var threads: [Int32: String]
    var begin: UInt64
  }

  private let report: Report
  private let found = Mutex<Set<Finding>>([])
  /// By thread: an inline command may be entered by several.
  private let entries = Mutex<[UInt: Entry]>([:])

  init(report: Report) { self.report = report }

  func willEnter(_ function: String, _ arguments: String) {
    KeptMemory.admit()
    report.mark(arguments.isEmpty ? function : "\(function) \(arguments.prefix(400))")
    let entry = Entry(
      state: ProcessState(), threads: function == "create" ? ProcessFiles.threads() : [:], begin: MonotonicClock.now)
    entries.withLock { $0[CurrentThread.number] = entry }
  }

  func didLeave(_ function: String) {
    let end = MonotonicClock.now
    guard let entry = entries.withLock({ $0.removeValue(forKey: CurrentThread.number) }) else { return }
    report.markEnd()
    add(ProcessState().findings(since: entry.state, by: function))
    if function == "create" { add(Self.newThreads(since: entry.threads, by: "create")) }
    if function != "stop", end - entry.begin > 1_000_000_000 { add([Self.slow(function, (end - entry.begin) / 1_000_000)]) }
  }

  func add(_ findings: [Finding]) {
    for finding in findings where found.withLock({ $0.insert(finding).inserted }) { report.add(finding) }
  }

  static func newThreads(since before: [Int32: String], by actor: String) -> [Finding] {
    let names = ProcessFiles.remaining { ProcessFiles.threads().filter { before[$0.key] == nil } }.values.sorted()
    guard !names.isEmpty else { return [] }
    return [
      Finding(
        rule: "no threads before start", seen: "\(actor) left \(names.count) running: \(names.joined(separator: ", "))",
        fix: "start threads in 'start'")
    ]
  }

  private static func slow(_ function: String, _ milliseconds: UInt64) -> Finding {
    Finding(
      rule: "nobody blocks the host's thread", seen: "\(function) took \(milliseconds) ms",
      fix: "begin the work on a thread of your own, return JF_PENDING, and finish the call later", severity: .advice)
  }
}
