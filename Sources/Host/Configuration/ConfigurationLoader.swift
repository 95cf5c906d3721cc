// SPDX-License-Identifier: Apache-2.0
import JSON
import PluginBridge

/// Reads `config.json`, then `config.d/*.json` in the order of their names, each over what came before.
package struct ConfigurationLoader: Sendable {
  private let directories: Directories
  private let environment: [String: String]

  /// - Parameter environment: HOME is read, for "~/" in plugin directories.
  package init(directories: Directories, environment: [String: String] = [:]) {
    self.directories = directories
    self.environment = environment
  }

  /// Reads and checks everything. Missing files are no error; without any, the defaults hold.
  ///
  /// - Throws: `ConfigurationError` with all problems of all files.
  package func load() throws(ConfigurationError) -> Configuration {
    var problems: [ConfigurationProblem] = []
    var merged: JSONValue = [:]
    var origins = ConfigurationOrigins()
    for path in try paths() {
      do throws(ConfigurationError) {
        let file = try ConfigurationFile(path)
        merged = origins.merge(file.value, into: merged, file: path, map: file.map)
      } catch {
        problems += error.problems
      }
    }
    problems += Self.problems(in: merged, origins)
    guard problems.isEmpty else { throw ConfigurationError(problems: problems) }
    return configuration(from: merged, origins)
  }

  /// The files there are, in the order they are read.
  package func paths() throws(ConfigurationError) -> [String] {
    var paths: [String] = []
    if Folder.holds("config.json", in: directories.config) { paths.append(directories.configFile) }
    do throws(FileError) {
      let names = try Folder.names(in: directories.configFolder).filter { $0.hasSuffix(".json") && !$0.hasPrefix(".") }
      return paths + names.map { "\(directories.configFolder)/\($0)" }
    } catch {
      if error.isMissing { return paths }
      let location = SourceLocation(file: directories.configFolder)
      throw ConfigurationError(problems: [
        ConfigurationProblem(.unreadable, location: location, message: "\(error); make it a directory that the host may read")
      ])
    }
  }

  private static func problems(in merged: JSONValue, _ origins: ConfigurationOrigins) -> [ConfigurationProblem] {
    var problems = ConfigurationSchema.schema.problems(in: merged)
    for id in (merged["plugins"]?.objectValue ?? [:]).keys.sorted() where !ManifestParser.isID(id) {
      problems.append(
        JSONProblem(
          path: JSONPath(keys: "plugins", id), isKey: true, finding: " is no plugin id",
          cure: "write lower-case letters and digits, joined by '.' or '-'"))
    }
    return problems.map { origins.problem($0) }
  }

  private func configuration(from merged: JSONValue, _ origins: ConfigurationOrigins) -> Configuration {
    var configuration = Configuration(written: merged, origins: origins)
    let filled = ConfigurationSchema.schema.filledIn(merged)
    let (log, control, limits) = (filled["log"], filled["control"], filled["limits"])
    for (id, plugin) in filled["plugins"]?.objectValue ?? [:] {
      configuration.plugins[id] = Configuration.Plugin(
        enabled: plugin["enabled"]?.boolValue ?? true, mode: plugin["mode"]?.stringValue.flatMap(Configuration.Mode.init),
        config: plugin["config"] ?? [:], environment: plugin["environment"] ?? [:], record: plugin["record"]?.boolValue ?? false)
    }
    configuration.pluginPath = (filled["pluginPath"]?.arrayValue ?? []).enumerated().compactMap { index, path in
      path.stringValue.map { absolute($0, origins.location(of: JSONPath(keys: "pluginPath").appending(index))) }
    }
    set(&configuration.log.level, log?["level"]?.stringValue.flatMap(LogLevel.init(name:)))
    set(&configuration.log.file, log?["file"]?.boolValue)
    set(&configuration.log.maxBytes, log?["maxBytes"]?.intValue)
    set(&configuration.log.keep, log?["keep"]?.intValue)
    set(&configuration.control.maxConnections, control?["maxConnections"]?.intValue)
    set(&configuration.control.maxLineBytes, control?["maxLineBytes"]?.intValue)
    set(&configuration.limits.startTimeoutMilliseconds, limits?["startTimeoutMs"]?.intValue)
    set(&configuration.limits.stopTimeoutMilliseconds, limits?["stopTimeoutMs"]?.intValue)
    set(&configuration.limits.drainTimeoutMilliseconds, limits?["drainTimeoutMs"]?.intValue)
    set(&configuration.limits.cancelGraceMilliseconds, limits?["cancelGraceMs"]?.intValue)
    set(&configuration.limits.stuckTimeoutMilliseconds, limits?["stuckTimeoutMs"]?.intValue)
    set(&configuration.limits.maxCallsInFlight, limits?["maxCallsInFlight"]?.intValue)
    set(&configuration.trust.pin, filled["trust"]?["pin"]?.boolValue)
    return configuration
  }

  private func set<Value>(_ target: inout Value, _ value: Value?) {
    if let value { target = value }
  }

  /// A relative plugin directory is meant from the file that names it; "~/" is the user's home.
  private func absolute(_ path: String, _ origin: SourceLocation?) -> String {
    if path == "~" || path.hasPrefix("~/") { return Directories.absolute(Directories.userHome(environment) + path.dropFirst()) }
    if path.hasPrefix("/") { return Directories.absolute(path) }
    let folder = origin.flatMap { Folder.parent(of: $0.file) } ?? directories.config
    return Directories.absolute("\(folder)/\(path)")
  }
}

extension ConfigurationOrigins {
  func problem(_ problem: JSONProblem) -> ConfigurationProblem {
    let location = location(of: problem)
    return ConfigurationProblem(.value, path: problem.path, location: location, message: problem.sentence(at: location))
  }
}
