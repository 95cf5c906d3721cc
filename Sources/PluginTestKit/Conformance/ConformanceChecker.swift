// SPDX-License-Identifier: Apache-2.0

internal import PluginAPI
internal import PluginSDK

/// The checks over one plugin.
package struct ConformanceChecker: Sendable {
  let table: PluginTable
  let manifest: PluginManifest
  let configuration: String
  /// How long a call may work before it is cancelled.
  let patience: Duration
  /// How long it may take to end then.
  let grace: Duration
  /// After this a step begins no further calls.
  let budget: Duration
  let inputs: ConformanceInputs
  /// How long an instance is watched after it was freed, where threads may have been left behind.
  let watch: Duration
  let libraryDirectory: String?
  let witness: (any HostWitness)?

  /// - Parameter libraryDirectory: Where the plugin's own files lie, if it has any.
  package init(
    table: PluginTable, manifest: PluginManifest, configuration: String, patience: Duration, inputs: ConformanceInputs? = nil,
    grace: Duration? = nil, budget: Duration = .seconds(600), watch: Duration = .zero, libraryDirectory: String? = nil,
    witness: (any HostWitness)? = nil
  ) {
    self.table = table
    self.manifest = manifest
    self.configuration = configuration
    self.patience = patience
    self.inputs = inputs ?? .standard
    self.grace = grace ?? patience
    self.budget = budget
    self.watch = watch
    self.libraryDirectory = libraryDirectory
    self.witness = witness
  }

  /// Takes every step.
  func findings() async -> [Finding] {
    var all: [Finding] = []
    for step in ConformanceStep.all(of: manifest) {
      let found = await findings(of: step)
      all += found.filter { !all.contains($0) }
      // A plugin that cannot live cannot be asked anything.
      if [.table, .create, .life].contains(step), found.contains(where: { $0.severity == .fault }) { break }
    }
    return all
  }

  /// Takes one step.
  package func findings(of step: ConformanceStep) async -> [Finding] {
    switch step {
    case .table: checkTable()
    case .create: await with("create, then destroy", starting: false) { _ in [] }
    case .life: await with("create, start, stop, destroy", watching: true) { _ in [] }
    case .openCalls: await checkOpenCalls()
    case .configuration: await checkConfigurations()
    case .events: await checkEvents()
    case .misuse: await checkMisuse()
    case .subscription(let index): await checkSubscription(index)
    case .command(let name, let manner): await check(name, manner)
    }
  }

  private func checkTable() -> [Finding] {
    var findings: [Finding] = []
    if unsafe table.size < MemoryLayout<jf_plugin>.size || table.major != Int(JF_ABI_MAJOR) {
      findings.append(
        Finding(
          rule: "the table is that of ABI \(JF_ABI_MAJOR)", seen: "size \(table.size), major \(table.major)",
          fix: "write sizeof(jf_plugin) and JF_ABI_MAJOR into it"))
    }
    for (name, code, said) in [("id", table.id, manifest.id), ("version", table.version, manifest.version)] where code != said {
      findings.append(
        Finding(rule: "the \(name) in the code is that of plugin.json", seen: "'\(code)' and '\(said)'", fix: "make them equal"))
    }
    return findings
  }

  /// Makes a host, lets something be done with it, ends it, and looks at what came of it.
  ///
  /// - Parameter watching: Whether to look on for a while after the end.
  func with(
    _ what: String, starting: Bool = true, watching: Bool = false, _ body: (TestHost) async -> [Finding]
  ) async -> [Finding] {
    let host: TestHost
    do {
      host = try await makeHost(configuration, starting: starting)
    } catch {
      return [cannotLive(error)]
    }
    var findings = await body(host)
    if starting {
      let status = await host.stop(within: .seconds(5))
      if status.isFailure {
        findings.append(Finding(rule: "stop ends all work in time", seen: "it answered '\(status)' (\(what))", fix: "join your threads"))
      }
    }
    await host.close()
    // There is nothing to wait for: a plugin that keeps the rules does nothing now.
    if watching { try? await Task.sleep(for: watch) }
    return findings + Self.broken(by: host)
  }

  func makeHost(_ configuration: String, starting: Bool) async throws -> TestHost {
    try await TestHost(
      table, configuration, manifest, isOurs: false, starting, libraryDirectory: libraryDirectory, witness: witness)
  }

  private func cannotLive(_ error: any Error) -> Finding {
    if let error = error as? TestHostError, let rule = error.rule {
      return Finding(rule: rule, seen: error.message, fix: "register it in create, or remove it from plugin.json")
    }
    return Finding(
      rule: "a plugin can be made and started with a good configuration", seen: "\(error)",
      fix: "read the reason, or give the check the configuration the plugin needs")
  }
}

// MARK: - What a host saw

extension ConformanceChecker {
  static func broken(by host: TestHost) -> [Finding] {
    let state = host.state.read { $0 }
    let finishes = state.badFinishes.map {
      Finding(rule: "every call is finished exactly once, with valid content", seen: $0, fix: "finish where the work ends, once")
    }
    return state.misuses + finishes + afterStop(host) + floods(state)
  }

  private static func afterStop(_ host: TestHost) -> [Finding] {
    let afterStop = host.crossingsAfterStop.prefix(1).map {
      Finding(rule: "nothing is asked of the host after stop", seen: "\($0)", fix: "end every thread and task before stop returns")
    }
    let afterDestroy = host.functionsAfterDestroy.prefix(1).map {
      Finding(
        rule: "nothing is asked of the host after destroy", seen: "\($0) was called", fix: "end every thread and task before stop returns")
    }
    return afterStop + afterDestroy
  }

  private static func floods(_ state: HostState) -> [Finding] {
    let (lines, progress) = (state.logRate.highest, state.progressRate.highest)
    var findings: [Finding] = []
    if lines > 1_000 {
      findings.append(
        Finding(
          rule: "a plugin logs at most 1 000 lines a second", seen: "it wrote more, and the host drops those",
          fix: "log what a person will read, and publish the rest as events", severity: .advice))
    }
    if progress > 10_000 {
      findings.append(
        Finding(
          rule: "progress is told a few times a second", seen: "it was told more than 10 000 times in one",
          fix: "tell it when the percentage changes; the host forwards about ten a second", severity: .advice))
    }
    return findings
  }
}
