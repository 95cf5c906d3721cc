// SPDX-License-Identifier: Apache-2.0
package import JSON

extension PluginInspection {
  /// A plugin whose manifest can be read.
  package struct Subject: Sendable {
    package var manifest: Manifest
    /// nil where the manifest names none.
    package var library: String?
  }

  /// Finds the plugin that a path means: its directory, its plugin.json, or its library. Loads nothing.
  ///
  /// - Returns: nil when there is no manifest, or one with faults, which `inspect` tells.
  package static func subject(_ path: String) -> Subject? {
    let path = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    let isFile = path.hasSuffix(".json") || path.hasSuffix(".so")
    for place in isFile ? [path, path.parentDirectory] : [path] {
      guard let plugin = PluginDiscovery.plugin(at: place), let manifest = plugin.manifest else { continue }
      return Subject(manifest: manifest, library: plugin.libraryPath)
    }
    return nil
  }

  /// What a plugin is made with: the configuration given, with the defaults of its schema.
  ///
  /// - Throws: `JSONSchemaError`.
  package static func settings(_ given: JSONValue, for manifest: Manifest) throws -> (settings: JSONValue, problems: [String]) {
    guard let schema = manifest.configurationSchema else {
      return (given, given == [:] ? [] : ["the plugin takes no configuration; give none"])
    }
    let reader = try JSONSchema(schema)
    let filled = reader.filledIn(given)
    // What is wrong before the defaults is wrong after them too; what is missing after them is missing.
    let wrong = reader.problems(in: given)
    return (filled, (wrong.isEmpty ? reader.problems(in: filled) : wrong).map { $0.sentence() })
  }
}
