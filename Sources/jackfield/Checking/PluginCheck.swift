// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Host
import JSON
import PluginBridge

/// Runs a plugin's code, step by step, each step in a process of its own.
struct PluginCheck {
  /// What came of all steps.
  struct Outcome {
    var findings: [CheckFinding] = []
    /// Steps that were taken, and that were not because an earlier one said enough.
    var taken = 0
    var skipped = 0
    var isInterrupted = false
  }

  let plugin: PluginInspection.Subject
  /// Absolute.
  let library: String
  let settings: JSONValue
  let seed: Int
  let limitSeconds: Double
  var stopsAtFirst = false
  var progress: (_ number: Int, _ of: Int, _ title: String) -> Void = { _, _, _ in }

  /// Beside this program.
  private static let program: String = {
    let own = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
    return own.prefix(upTo: own.lastIndex(of: "/") ?? own.startIndex) + "/jackfield-check"
  }()

  func run() throws(CommandFailure) -> Outcome {
    guard FileManager.default.isExecutableFile(atPath: Self.program) else {
      throw CommandFailure("cannot run the plugin: '\(Self.program)' is missing; install it, or look at the files alone with --static")
    }
    let directory = try CheckDirectory(job: job)
    defer { directory.remove() }
    return try take(CheckStep.all(for: plugin.manifest), in: directory)
  }

  private func take(_ steps: [CheckStep], in directory: CheckDirectory) throws(CommandFailure) -> Outcome {
    var outcome = Outcome()
    // Commands that ended their process or hung: they would only do it again.
    var finished: Set<String> = []
    for (index, step) in steps.enumerated() {
      if let command = step.command, finished.contains(command) { continue }
      progress(index + 1, steps.count, step.title)
      let verdict = try take(step, index, in: directory)
      outcome.taken += 1
      outcome.add(verdict.findings)
      outcome.isInterrupted = verdict.end.way == .interrupted
      if verdict.isCut, let command = step.command { finished.insert(command) }
      if outcome.isInterrupted || saysEnough(verdict) { break }
    }
    outcome.skipped = steps.count - outcome.taken
    return outcome
  }

  /// Whether nothing is to be learnt from further steps.
  private func saysEnough(_ verdict: StepVerdict) -> Bool {
    if verdict.step.isVital, verdict.isCut || verdict.findings.contains(where: Self.isFatal) { return true }
    return stopsAtFirst && verdict.findings.contains { $0.severity == .fault }
  }

  private func take(_ step: CheckStep, _ index: Int, in directory: CheckDirectory) throws(CommandFailure) -> StepVerdict {
    let home = try directory.home(index)
    defer { directory.remove(home) }
    var process = try StepProcess(
      [Self.program, directory.job, step.words], environment: CheckDirectory.environment(home: home), step: step)
    let end = process.wait(until: MonotonicClock.now() + UInt64(limitSeconds * 1e9))
    if case .exited(let status) = end.way, end.last.isEmpty {
      throw CommandFailure(
        "cannot take the step '\(step.title)': '\(Self.program)' ended with \(status) before it began: \(end.errors); install it anew")
    }
    return StepVerdict(step: step, end: end, seed: seed, limitSeconds: limitSeconds)
  }

  private var job: JSONValue {
    [
      "library": .string(library), "manifest": plugin.manifest.document, "configuration": settings, "seed": .integer(Int64(seed)),
      "limitMilliseconds": .integer(Int64(limitSeconds * 1_000)),
    ]
  }

  /// A plugin that cannot be made has nothing to be asked.
  private static func isFatal(_ finding: CheckFinding) -> Bool {
    finding.severity == .fault
      && [
        "the library loads and has the entry", "a plugin can be made and started with a good configuration",
        "the code registers the commands that plugin.json names",
      ].contains(finding.rule)
  }
}

extension PluginCheck.Outcome {
  /// The same is not said twice: in another step it is another call, and another process.
  fileprivate mutating func add(_ new: [CheckFinding]) {
    for finding in new where !findings.contains(where: { $0.rule == finding.rule && $0.isTheSame(as: finding) }) {
      findings.append(finding)
    }
  }
}
