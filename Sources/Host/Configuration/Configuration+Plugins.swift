// SPDX-License-Identifier: Apache-2.0
package import JSON

extension Configuration {
  /// Checks one plugin's configuration against its schema and fills in the defaults. Secrets stay references: resolve them
  /// with `SecretReference.resolving` at the last moment, for the plugin alone.
  ///
  /// - Parameter schema: nil: the plugin takes no configuration.
  /// - Throws: `ConfigurationError` with every problem and its file, line and column.
  package func settings(for id: String, schema: JSONSchema?) throws(ConfigurationError) -> JSONValue {
    let path = JSONPath(keys: "plugins", id, "config")
    let value = plugin(id).config
    guard let schema else {
      guard value == [:] else {
        let problem = JSONProblem(path: path, isKey: true, finding: " is given, and the plugin takes no configuration", cure: "delete it")
        throw ConfigurationError(problems: [origins.problem(problem)])
      }
      return value
    }
    let problems = schema.problems(in: value, at: path, secretsByReference: true)
    guard problems.isEmpty else { throw ConfigurationError(problems: problems.map { origins.problem($0) }) }
    let filled = schema.filledIn(value)
    let missing = schema.problems(in: filled, at: path, secretsByReference: true)
    guard missing.isEmpty else { throw ConfigurationError(problems: missing.map { origins.problem($0) }) }
    return filled
  }

  /// Finds configured plugins that are not there, with a near-miss hint; the host goes on without them.
  package func problems(withPluginsOtherThan known: [String]) -> [ConfigurationProblem] {
    plugins.keys.filter { !known.contains($0) }.sorted().map { id in
      let path = JSONPath(keys: "plugins", id)
      let cure = NearMiss.closest(to: id, in: known).map { "did you mean '\($0)'?" } ?? "install it, or delete its configuration"
      let problem = JSONProblem(path: path, isKey: true, subject: "the plugin '\(id)' configured", finding: " is not installed", cure: cure)
      let located = origins.problem(problem)
      return ConfigurationProblem(.unknownPlugin, path: path, location: located.location, message: located.message)
    }
  }
}
