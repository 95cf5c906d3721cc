// SPDX-License-Identifier: Apache-2.0
// Finds plugins on disk. Never loads code, see PluginLibrary; nor judges it, see PluginJudge.
import FoundationEssentials

/// Looks through the search path: DIR/ID/plugin.json, or a single DIR/NAME.so with its manifest inside.
package struct PluginDiscovery {
  /// A plugin that comes later on the search path than another one of its id.
  package struct Shadowed: Hashable, Sendable, CustomStringConvertible {
    package var id: String
    package var path: String
    /// The one that counts.
    package var by: String

    package var description: String { "'\(path)' is shadowed by '\(by)', which comes first on the search path; remove one" }
  }

  /// One plugin for each id, in the order of the search path and then of their ids.
  package private(set) var plugins: [DiscoveredPlugin] = []
  package private(set) var shadowed: [Shadowed] = []
  /// Sentences on directories that could not be read. A missing one is no problem.
  package private(set) var problems: [String] = []

  /// Looks through the directories, in order; a relative one is taken from the current directory.
  package init(searchPath: [String]) {
    var first: [String: String] = [:]
    for directory in searchPath {
      for (id, found) in Dictionary(grouping: plugins(in: directory), by: \.id).sorted(by: { $0.key < $1.key }) {
        if let other = first[id] {
          shadowed += found.map { Shadowed(id: id, path: $0.path, by: other) }
        } else {
          first[id] = found[0].path
          plugins.append(Self.only(found))
        }
      }
    }
  }

  /// The plugin of one id in one directory; none of several, for nothing says which is meant.
  private static func only(_ found: [DiscoveredPlugin]) -> DiscoveredPlugin {
    guard found.count > 1 else { return found[0] }
    let names = found.map { "'\($0.path)'" }.joined(separator: " and ")
    let cause = "the plugins \(names) have the same id '\(found[0].id)'; remove all but one"
    return DiscoveredPlugin(
      id: found[0].id, path: found[0].path, directory: found[0].directory,
      refusal: Refusal(.duplicate, path: found[0].path, cause))
  }

  private mutating func plugins(in directory: String) -> [DiscoveredPlugin] {
    let names: [String]
    do { names = try FileManager.default.contentsOfDirectory(atPath: directory) } catch {
      if FileManager.default.fileExists(atPath: directory) {
        problems.append("cannot look for plugins in '\(directory)': it cannot be read; see that it is a directory the host's user may read")
      }
      return []
    }
    return names.sorted().filter { !$0.hasPrefix(".") }.compactMap { Self.plugin(at: "\(directory)/\($0)") }
  }

  /// The plugin at a path; nil when there is none, as with the libraries of others.
  static func plugin(at path: String) -> DiscoveredPlugin? {
    let manifest = "\(path)/\(ManifestFile.name)"
    if FileManager.default.fileExists(atPath: manifest) { return plugin(directory: path, manifest: manifest) }
    return path.hasSuffix(".so") ? plugin(library: path) : nil
  }

  private static func plugin(directory: String, manifest path: String) -> DiscoveredPlugin {
    do throws(Refusal) {
      let text = try ManifestFile.read(path)
      let parser = ManifestParser(text, path: path)
      let manifest = parser.parse()
      return DiscoveredPlugin(
        id: parser.declaredID ?? directory.fileName, path: directory, directory: directory, manifestPath: path,
        libraryPath: manifest?.cInterface.map { CLibraryPlace.path(of: $0, besides: directory) }
          ?? parser.declaredLibrary.map { "\(directory)/\($0)" },
        manifestText: text, manifest: manifest, refusal: parser.foremost)
    } catch {
      return DiscoveredPlugin(id: directory.fileName, path: directory, directory: directory, manifestPath: path, refusal: error)
    }
  }

  private static func plugin(library path: String) -> DiscoveredPlugin? {
    guard let image = try? ELFImage(PlainFile(path)), let text = image.embeddedManifest() else { return nil }
    let parser = ManifestParser(text, path: path, origin: .note)
    let manifest = parser.parse()
    return DiscoveredPlugin(
      id: parser.declaredID ?? String(path.fileName.dropLast(3)), path: path, directory: path.parentDirectory, libraryPath: path,
      manifest: manifest, refusal: parser.foremost)
  }
}
