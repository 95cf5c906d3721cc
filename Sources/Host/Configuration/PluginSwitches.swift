// SPDX-License-Identifier: Apache-2.0
import JSON

/// The file the host itself writes when a plugin is enabled or disabled: `config.d/90-plugins.json`.
package struct PluginSwitches: Sendable {
  package let path: String
  private let folder: String

  package init(directories: Directories) {
    folder = directories.configFolder
    path = folder + "/90-plugins.json"
  }

  /// Writes one plugin's switch; what else the file holds is kept, its comments are not. Takes effect at the next load.
  ///
  /// - Throws: `ConfigurationError` when the file there is broken or cannot be written.
  package func set(_ id: String, enabled: Bool) throws(ConfigurationError) {
    var value = try existing()
    var plugins = value["plugins"] ?? [:]
    var plugin = plugins[id] ?? [:]
    plugin["enabled"] = .bool(enabled)
    plugins[id] = plugin
    value["plugins"] = plugins
    let text = "// Written by `jackfield plugins enable` and `disable`.\n" + value.serialized(pretty: true) + "\n"
    do throws(FileError) {
      try Folder.create(folder)
      try SmallFile.replace(path, with: Array(text.utf8))
    } catch {
      let message = "\(error); make '\(folder)' a directory the host may write to"
      throw ConfigurationError(problems: [ConfigurationProblem(.unreadable, location: SourceLocation(file: error.path), message: message)])
    }
  }

  private func existing() throws(ConfigurationError) -> JSONValue {
    Folder.holds("90-plugins.json", in: folder) ? try ConfigurationFile(path).value : [:]
  }
}
