// SPDX-License-Identifier: Apache-2.0
import PluginTestKit

/// Takes one step and reports what it finds.
struct StepRun {
  let job: Job
  let step: CheckStep
  let report: Report

  /// How long an instance is watched after it was freed.
  private static let watch = Duration.milliseconds(100)

  func run() async {
    await ProcessFiles.learnThePool()
    let witness = ProcessWitness(report: report)
    do {
      let table = try load(witness)
      let checker = ConformanceChecker(
        table: table, manifest: job.manifest, configuration: job.configuration, patience: job.patience, inputs: Inputs(job).conformance,
        grace: job.grace, budget: job.budget, watch: Self.watch, libraryDirectory: job.libraryDirectory, witness: witness)
      witness.add(await findings(checker))
    } catch {
      witness.add([Finding(rule: "the library loads and has the entry", seen: "\(error)", fix: "build it as the guide says")])
    }
    witness.add(leftBehind())
  }

  private func findings(_ checker: ConformanceChecker) async -> [Finding] {
    switch step {
    case .load: await checker.findings(of: .table)
    case .conformance(.life): await checkLives(checker)
    case .conformance(let step): await checker.findings(of: step)
    }
  }

  /// Loads the library; in the step of that name, with a look at the process around each part of it.
  private func load(_ witness: ProcessWitness) throws -> PluginTable {
    var before = Surroundings()
    func look(_ actor: String) {
      report.markEnd()
      if step == .load { witness.add(before.findings(by: actor)) }
      before = Surroundings()
    }
    report.mark("the library's constructors")
    let table = try loadPlugin(job.library, lending: .guarded) {
      look("loading the library")
      report.mark("jf_plugin_entry_1")
    }
    look("jf_plugin_entry_1")
    return table
  }

  /// Lives three times: what the third life leaves behind that the second did not is left behind by every life.
  private func checkLives(_ checker: ConformanceChecker) async -> [Finding] {
    var findings = await checker.findings(of: .life)
    findings += await checker.findings(of: .life)
    let (threads, descriptors) = (ProcessFiles.threads(), ProcessFiles.descriptors())
    findings += await checker.findings(of: .life)
    return findings + leaks(threads, descriptors)
  }

  private func leaks(_ threads: [Int32: String], _ descriptors: [Int32: String]) -> [Finding] {
    var findings: [Finding] = []
    let moreThreads = ProcessFiles.remaining { ProcessFiles.threads().filter { threads[$0.key] == nil } }
    if !moreThreads.isEmpty {
      findings.append(
        Finding(
          rule: "stop ends every thread", seen: "each life leaves \(moreThreads.count) running: \(Self.list(moreThreads))",
          fix: "join your threads in 'stop'"))
    }
    let moreDescriptors = ProcessFiles.remaining { ProcessFiles.descriptors().filter { descriptors[$0.key] == nil } }
    if !moreDescriptors.isEmpty {
      findings.append(
        Finding(
          rule: "stop closes every descriptor", seen: "each life leaves \(moreDescriptors.count) open: \(Self.list(moreDescriptors))",
          fix: "close in 'stop' what you opened"))
    }
    return findings
  }

  private func leftBehind() -> [Finding] {
    // Twice, for a thread that ends hands its children to another one while the list is read.
    let children = ProcessFiles.children().merging(ProcessFiles.children()) { first, _ in first }
    for id in children.keys { ProcessFacts.end(process: id) }
    guard !children.isEmpty else { return [] }
    return [
      Finding(
        rule: "no process is left behind", seen: "\(children.count) still ran at the end: \(Self.list(children))",
        fix: "end and wait for your child processes in 'stop'; never fork without exec")
    ]
  }

  /// "worker (2), timer (1)".
  private static func list(_ things: [Int32: String]) -> String {
    let counts = things.values.reduce(into: [:]) { $0[$1, default: 0] += 1 }
    return counts.sorted { $0.key < $1.key }.prefix(8).map { "\($0.key) (\($0.value))" }.joined(separator: ", ")
  }
}

/// The process as it is, with its threads and descriptors.
private struct Surroundings {
  private let state = ProcessState()
  private let threads = ProcessFiles.threads()
  private let descriptors = ProcessFiles.descriptors()

  func findings(by actor: String) -> [Finding] {
    // Descriptors of the runtime's own timers and wake-ups come when it likes.
    let opened = ProcessFiles.descriptors().filter { descriptors[$0.key] == nil && !$0.value.hasPrefix("anon_inode:") }.values.sorted()
    let left = Finding(
      rule: "nothing is opened before start", seen: "\(actor) left open: \(opened.joined(separator: ", "))",
      fix: "open files and sockets in 'start'", severity: .advice)
    return ProcessState().findings(since: state, by: actor) + ProcessWitness.newThreads(since: threads, by: actor)
      + (opened.isEmpty ? [] : [left])
  }
}
