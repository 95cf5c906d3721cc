// SPDX-License-Identifier: Apache-2.0
// Joins what lies on disk with what the configuration says: which plugins may run, in which order, with which settings.
import JSON

/// Looks for plugins and judges them. Runs none of their code.
package struct PluginSurvey: Sendable {
  private let directories: Directories
  private let environment: [String: String]
  private let logger: Logger

  package init(directories: Directories, environment: [String: String], logger: Logger = .silent) {
    self.directories = directories
    self.environment = environment
    self.logger = logger
  }

  /// Every plugin on the search path, in the order of starting; those that may not run come last.
  package func candidates(_ configuration: Configuration) -> [PluginCandidate] {
    let discovery = discover(configuration)
    for problem in discovery.problems { logger.warning(problem) }
    for shadowed in discovery.shadowed { logger.warning("\(shadowed)") }
    var found = discovery.plugins
    let enabled = found.indices.filter { configuration.plugin(found[$0].id).enabled }
    judge(&found, enabled)
    settleNamespaces(&found, enabled)
    let candidates = found.map { candidate($0, configuration, discovery.shadowed) }
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

  private func judge(_ found: inout [DiscoveredPlugin], _ enabled: [Int]) {
    let judge = PluginJudge()
    for index in enabled where found[index].refusal == nil {
      do throws(Refusal) { try judge.judge(found[index]) } catch { found[index].refusal = error }
    }
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
    _ plugin: DiscoveredPlugin, _ configuration: Configuration, _ shadowed: [PluginDiscovery.Shadowed]
  ) -> PluginCandidate {
    let settings = configuration.plugin(plugin.id)
    return PluginCandidate(
      id: plugin.id, version: plugin.manifest.map { "\($0.version)" } ?? "", path: plugin.path,
      mode: mode(of: plugin, settings).rawValue, verdict: verdict(plugin, settings, configuration),
      shadowed: shadowed.filter { $0.id == plugin.id }.map(\.path), fingerprint: plugin.fingerprint, manifest: plugin.manifest?.document)
  }

  private func mode(of plugin: DiscoveredPlugin, _ settings: Configuration.Plugin) -> Configuration.Mode {
    settings.mode ?? plugin.manifest?.defaultMode ?? .inprocess
  }

  private func verdict(
    _ plugin: DiscoveredPlugin, _ settings: Configuration.Plugin, _ configuration: Configuration
  ) -> PluginCandidate.Verdict {
    guard settings.enabled else { return .disabled }
    if let refusal = plugin.refusal { return .refused(refusal.message) }
    guard mode(of: plugin, settings) != .process else {
      return .refused(
        "plugin '\(plugin.id)' is to run in mode 'process', which this version cannot do yet; set plugins.\(plugin.id).mode to 'inprocess'"
      )
    }
    guard let manifest = plugin.manifest, let library = plugin.libraryPath else {
      return .refused("cannot load '\(plugin.path)': it has no manifest; add a plugin.json")
    }
    do {
      let value = try configuration.settings(for: plugin.id, schema: manifest.settingsSchema())
      let resolved = try SecretReference.resolving(value, environment: environment)
      return .accepted(try blueprint(plugin, manifest, library: library, configuration: resolved))
    } catch {
      return .refused("\(error)")
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
      requires: manifest.requires.map(\.id), startsWithHost: manifest.startsWithHost)
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
