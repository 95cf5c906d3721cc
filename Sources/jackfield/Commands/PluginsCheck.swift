// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Host
import JSON

/// `jackfield plugins check PATH`: everything that can be said about a plugin without installing it.
struct PluginsCheck {
  static let options = [
    OptionSpec(name: "--static", help: "check: look at the files alone, and run nothing of the plugin"),
    OptionSpec(name: "--first", help: "check: stop at the first fault"),
    OptionSpec(name: "--seed", value: "N", help: "check: use the same junk as a check that printed this number"),
    OptionSpec(name: "--time-limit", value: "S", help: "check: how long one step may take, such as 2s (default: 10s)"),
    OptionSpec(name: "--config", value: "JSON", help: "check: the plugin's configuration; it should touch nothing you want to keep"),
  ]

  let path: String
  let isStatic: Bool
  let stopsAtFirst: Bool
  let wantsJSON: Bool
  let seed: Int
  let limitSeconds: Double
  let settings: JSONValue

  init(_ path: String, _ invocation: Invocation) throws {
    self.path = path
    isStatic = invocation.has("--static")
    stopsAtFirst = invocation.has("--first")
    wantsJSON = invocation.wantsJSON
    seed = try invocation.value("--seed").map(Self.seed) ?? Int(UInt32.random(in: 0...UInt32.max))
    limitSeconds = try Double(invocation.value("--time-limit").map(Duration.parse) ?? 10_000) / 1_000
    settings = try invocation.value("--config").map(Self.settings) ?? [:]
  }

  func run() throws -> Int32 {
    var findings = PluginInspection.inspect(path).map(CheckFinding.init)
    let subject = PluginInspection.subject(path)
    var note = "run nothing of it with --static"
    var outcome = PluginCheck.Outcome()
    if let reason = reasonToRunNothing(subject, findings) {
      note = reason
    } else if let subject, let library = subject.library {
      outcome = try check(subject, library)
      findings += outcome.findings
      note = "\(outcome.taken) of \(outcome.taken + outcome.skipped) steps, seed \(seed)"
    }
    guard !outcome.isInterrupted else { return SystemExit.interrupted }
    show(findings, outcome, subject?.manifest.id, note)
    return findings.contains { $0.severity == .fault } ? SystemExit.failed : SystemExit.ok
  }

  /// Why the plugin's code is not run; nil when it is.
  private func reasonToRunNothing(_ subject: PluginInspection.Subject?, _ findings: [CheckFinding]) -> String? {
    if isStatic { return "its files alone were looked at" }
    if findings.contains(where: { $0.severity == .fault }) { return "the host would not load it, so nothing of it was run" }
    guard let subject else { return "its manifest names nothing that could be run; its files alone were looked at" }
    if subject.manifest.document["kind"]?.stringValue == "c-library" {
      return "it is a c-library, which has no plugin's code to run; its files alone were looked at"
    }
    return subject.library == nil ? "it has no library, so nothing of it was run" : nil
  }

  private func check(_ subject: PluginInspection.Subject, _ library: String) throws -> PluginCheck.Outcome {
    let filled = try PluginInspection.settings(settings, for: subject.manifest)
    guard filled.problems.isEmpty else {
      throw UsageError(
        "the plugin would not take this configuration: \(filled.problems.joined(separator: "; ")); give one with --config '{…}'",
        subcommand: "plugins")
    }
    Interrupt.watch()
    let line = CheckProgress()
    defer { line.end() }
    return try PluginCheck(
      plugin: subject, library: Self.absolute(library), settings: filled.settings, seed: seed,
      limitSeconds: limitSeconds, stopsAtFirst: stopsAtFirst, progress: line.show
    ).run()
  }
}

// MARK: - Words

extension PluginsCheck {
  /// Each step has another working directory.
  private static func absolute(_ path: String) -> String {
    path.hasPrefix("/") ? path : "\(FileManager.default.currentDirectoryPath)/\(path)"
  }

  private static func seed(_ text: String) throws(UsageError) -> Int {
    guard let seed = Int(text), seed >= 0 else {
      throw UsageError("'--seed' wants a whole number from 0, not '\(text)'", subcommand: "plugins")
    }
    return seed
  }

  private static func settings(_ text: String) throws -> JSONValue {
    let bytes = try JSONArgument.read(text)
    guard let value = try? JSONValue(parsing: bytes), value.objectValue != nil else {
      throw UsageError("'--config' wants a JSON object, such as '{\"port\": 0}'", subcommand: "plugins")
    }
    return value
  }
}

// MARK: - Output

extension PluginsCheck {
  private func show(_ findings: [CheckFinding], _ outcome: PluginCheck.Outcome, _ id: String?, _ note: String) {
    guard !wantsJSON else {
      return Terminal.print([
        "path": .string(path), "plugin": id.map { .string($0) } ?? .null, "seed": .integer(Int64(seed)),
        "steps": .integer(Int64(outcome.taken)), "skipped": .integer(Int64(outcome.skipped)), "note": .string(note),
        "findings": .array(findings.map(\.json)),
      ])
    }
    for finding in findings { Terminal.printWrapped("\(finding.sentence) (\(finding.step))") }
    let faults = findings.count { $0.severity == .fault }
    let verdict = faults == 0 ? "'\(path)' may be loaded" : "'\(path)': \(faults == 1 ? "1 fault" : "\(faults) faults")"
    Terminal.printWrapped("\(verdict) (\(note))")
  }
}
