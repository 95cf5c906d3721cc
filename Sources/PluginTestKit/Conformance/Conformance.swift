// SPDX-License-Identifier: Apache-2.0

public import PluginSDK

/// Checks that a plugin keeps the rules of the contract, whoever wrote it and in whatever language.
///
/// The plugin is made, started, stopped and freed several times, and each of its commands is called with junk; so use a configuration
/// that touches nothing you want to keep. A crash ends the test, as it would end a host.
public enum Conformance {
  /// Checks a plugin written in Swift.
  ///
  /// - Parameters:
  ///   - manifest: The path of its plugin.json.
  ///   - patience: How long a command may work on junk before it is cancelled, and how long it may take to end then.
  /// - Returns: Nothing when all is well.
  public static func check<P: Plugin>(
    _ plugin: P.Type, manifest: String, configuration: String = "{}", patience: Duration = .seconds(2)
  ) async -> [Finding] {
    await check(unsafe PluginTable(exportPlugin(plugin)), manifest, configuration, patience)
  }

  /// Loads a library and checks its plugin. The library stays loaded.
  public static func check(
    library: String, manifest: String, configuration: String = "{}", patience: Duration = .seconds(2)
  ) async -> [Finding] {
    do {
      return await check(try loadPlugin(library), manifest, configuration, patience)
    } catch {
      return [Finding(rule: "a library loads and has the entry", seen: "\(error)", fix: "build it as a plugin, see the guide")]
    }
  }

  static func check(
    _ table: PluginTable, _ manifestPath: String, _ configuration: String, _ patience: Duration
  ) async -> [Finding] {
    do {
      let manifest = try PluginManifest(path: manifestPath)
      let checker = ConformanceChecker(table: table, manifest: manifest, configuration: configuration, patience: patience)
      return await checker.findings()
    } catch {
      return [Finding(rule: "a plugin has a readable plugin.json", seen: "\(error)", fix: "correct the file")]
    }
  }
}
