// SPDX-License-Identifier: Apache-2.0
// Joins what lies on disk with what the configuration says: which plugins may run, in which order, with which settings.
import JSON
import PluginBridge

/// Looks for plugins and judges them. Runs none of their code.
package struct PluginSurvey: Sendable {
  private let directories: Directories
  private let environment: [String: String]
  private let logger: Logger
  private let trust: PluginTrust

  package init(directories: Directories, environment: [String: String], logger: Logger = .silent) {
    self.directories = directories
    self.environment = environment
    self.logger = logger
    let own = OwnInstallation(dropIn: Array(directories.pluginPathAfter.prefix(1)))
    trust = PluginTrust(state: directories.state, own: own, logger: logger)
  }

  /// Every plugin on the search path, in the order of starting; those that may not run come last.
  ///
  /// - Parameter allowing: The plugin whose files may be others than before.
  package func candidates(_ configuration: Configuration, allowing: String? = nil) -> [PluginCandidate] {
    let discovery = discover(configuration)
    for problem in discovery.problems { logger.warning(problem) }
    for shadowed in discovery.shadowed { logger.warning("\(shadowed)") }
    var found = discovery.plugins
    let enabled = found.indices.filter { configuration.plugin(found[$0].id).enabled }
    let judged = judge(&found, enabled)
    settleNamespaces(&found, enabled)
    let pass = TrustPass(trust, pins: configuration.trust.pin, allowing: allowing)
    var candidates = found.indices.map { candidate(found[$0], judged[$0] ?? [], pass, configuration, discovery.shadowed) }
    for (id, refusal) in pass.finish() {
      for index in candidates.indices where candidates[index].id == id { candidates[index].verdict = .refused(refusal.message) }
    }
    return ordered(candidates, manifests: found)
  }

  /// What is wrong with the configuration of the plugins that are there; nothing is judged or loaded.
  package func configurationFaults(_ configuration: Configuration) -> [ConfigurationProblem] {
    discover(configuration).plugins.flatMap { plugin -> [ConfigurationProblem] in
      guard configuration.plugin(plugin.id).enabled, let manifest = plugin.manifest, let schema = try? manifest.settingsSchema() else {
        return []
      }
      do throws(ConfigurationError) {
        _ = try configuration.settings(for: plugin.id, schema: schema)
        return []
      } catch {
        return error.problems
      }
    }
  }

  private func discover(_ configuration: Configuration) -> PluginDiscovery {
    PluginDiscovery(searchPath: directories.pluginPath(configured: configuration.pluginPath))
  }

  /// - Returns: The libraries of each that passed, still open.
  private func judge(_ found: inout [DiscoveredPlugin], _ enabled: [Int]) -> [Int: [SharedLibrary]] {
    let judge = PluginJudge()
    var judged: [Int: [SharedLibrary]] = [:]
    for index in enabled where found[index].refusal == nil {
      do throws(Refusal) { judged[index] = try judge.judge(found[index]) } catch { found[index].refusal = error }
    }
    return judged
  }

  /// Only plugins that are enabled claim their namespaces.
  private func settleNamespaces(_ found: inout [DiscoveredPlugin], _ enabled: [Int]) {
    var claims = NamespaceClaims()
    for index in enabled where found[index].refusal == nil {
      do throws(Refusal) { try claims.claim(found[index]) } catch { found[index].refusal = error }
    }
  }

  // MARK: One plugin

  private func candidate(
    _ plugin: DiscoveredPlugin, _ judged: [SharedLibrary], _ pass: TrustPass, _ configuration: Configuration,
    _ shadowed: [PluginDiscovery.Shadowed]
  ) -> PluginCandidate {
    let settings = configuration.plugin(plugin.id)
    let verdict = verdict(plugin, judged, pass, settings, configuration)
    let sha256 = pass.admitted[plugin.id]?.sha256
    return PluginCandidate(
      id: plugin.id, version: plugin.manifest.map { "\($0.version)" } ?? "", path: plugin.path,
      mode: mode(plugin, settings).rawValue, verdict: verdict,
      shadowed: shadowed.filter { $0.id == plugin.id }.map(\.path),
      fingerprint: [sha256 ?? plugin.fingerprint, plugin.path, terms(plugin, settings)].joined(separator: " "),
      sha256: sha256, manifest: plugin.manifest?.document)
  }

  private func verdict(
    _ plugin: DiscoveredPlugin, _ judged: [SharedLibrary], _ pass: TrustPass, _ settings: Configuration.Plugin,
    _ configuration: Configuration
  ) -> PluginCandidate.Verdict {
    guard settings.enabled else { return .disabled }
    if let refusal = plugin.refusal { return .refused(refusal.message) }
    guard let manifest = plugin.manifest, manifest.kind == .cLibrary || !judged.isEmpty else {
      return .refused("cannot load '\(plugin.path)': it has no manifest; add a plugin.json")
    }
    do {
      let value = try configuration.settings(for: plugin.id, schema: manifest.settingsSchema())
      let resolved = try SecretReference.resolving(value, environment: environment)
      let variables = try variables(settings, of: plugin.id)
      // Last of all: what cannot run for another reason is not pinned.
      let admitted = try pass.admit(plugin, version: "\(manifest.version)", judged)
      var blueprint = try blueprint(plugin, manifest, library: admitted.library, configuration: resolved)
      blueprint.environment = variables
      blueprint.mode = mode(plugin, settings)
      blueprint.fingerprint = admitted.sha256
      blueprint.reload = manifest.reload ?? (blueprint.mode == .process ? .overlap : .restart)
      if settings.record { blueprint.terms.recordPath = "\(directories.state)/records/\(plugin.id).\(blueprint.mode.rawValue).jsonl" }
      return .accepted(blueprint)
    } catch {
      return .refused("\(error)")
    }
  }

  /// What the configuration says of how a plugin runs; its code has to begin anew when this changes.
  private func terms(_ plugin: DiscoveredPlugin, _ settings: Configuration.Plugin) -> String {
    "\(mode(plugin, settings)) \(settings.record) \(settings.environment.serialized())"
  }

  /// Plugins that come with the host run in its process, those of strangers in one of their own, and so do C libraries: a signature that is
  /// wrong must not end the host.
  private func mode(_ plugin: DiscoveredPlugin, _ settings: Configuration.Plugin) -> Configuration.Mode {
    if let mode = settings.mode { return mode }
    return plugin.manifest?.kind != .cLibrary && trust.own.holds(plugin.path) ? .inprocess : .process
  }

  /// What the process of a plugin is to find in its environment.
  private func variables(_ settings: Configuration.Plugin, of id: String) throws -> [String: String] {
    let path = JSONPath(keys: "plugins", id, "environment")
    let resolved = try SecretReference.resolving(settings.environment, at: path, environment: environment)
    return try (resolved.objectValue ?? [:]).mapValues { value in
      guard let text = value.stringValue else {
        throw PluginFault("cannot start plugin '\(id)': 'plugins.\(id).environment' holds something else than text; write names with text")
      }
      return text
    }
  }

  private func blueprint(
    _ plugin: DiscoveredPlugin, _ manifest: Manifest, library: String, configuration: JSONValue
  ) throws -> PluginBlueprint {
    let places = InstanceDirectories(
      data: directories.data, state: directories.state, runtime: directories.runtime, library: plugin.directory)
    var terms = InstanceTerms(
      id: manifest.id, version: "\(manifest.version)", libraryPath: library, configuration: configuration.bytes(),
      commands: Set(manifest.commands.map(\.name)), publishes: manifest.publishes, threads: manifest.threads, directories: places)
    if manifest.kind == .cLibrary { try CLibraryAdapter.stand(in: &terms, manifest: manifest, settings: configuration) }
    return PluginBlueprint(
      terms: terms, commands: manifest.commandDescriptions, subscriptions: manifest.blueprintSubscriptions,
      requires: manifest.requires.map(\.id), startsWithHost: manifest.startsWithHost(state: directories.state, settings: configuration))
  }

  // MARK: The order

  private func ordered(_ candidates: [PluginCandidate], manifests: [DiscoveredPlugin]) -> [PluginCandidate] {
    var nodes: [ActivationOrder.Node] = []
    var absent: [String: String] = [:]
    for (candidate, plugin) in zip(candidates, manifests) {
      switch candidate.verdict {
      case .disabled: absent[candidate.id] = "is disabled"
      case .refused: absent[candidate.id] = "was refused"
      case .accepted:
        guard let manifest = plugin.manifest else { continue }
        nodes.append(
          ActivationOrder.Node(
            id: manifest.id, version: manifest.version, requires: manifest.requires.map { ($0.id, $0.versions) }, after: manifest.after))
      }
    }
    let order = ActivationOrder(nodes, absent: absent)
    let byID = Dictionary(candidates.map { ($0.id, $0) }) { first, _ in first }
    let running = order.order.compactMap { byID[$0] }
    let rest = candidates.filter { !order.order.contains($0.id) }.map { candidate in
      var candidate = candidate
      if let reason = order.refused[candidate.id] { candidate.verdict = .refused(reason) }
      return candidate
    }
    return running + rest
  }
}

extension Manifest {
  /// The schema of the plugin's configuration; nil when it takes none.
  func settingsSchema() throws -> JSONSchema? { try configurationSchema.map { schema in try JSONSchema(schema) } }
}
