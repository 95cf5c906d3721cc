// SPDX-License-Identifier: Apache-2.0

/// The files whose bytes make a plugin's code, as they were judged: its manifest, its library, and the libraries that come with it.
///
/// The libraries are the very descriptors that were looked into, so nothing can be put in their place between judging and loading.
struct PluginFiles {
  struct File {
    enum Content {
      case text([UInt8])
      case open(PlainFile)
    }

    /// Relative to the directory that holds them all.
    let name: String
    let content: Content
  }

  /// In the order of their names.
  let files: [File]
  /// nil when it brings none, as where a manifest makes commands of a library of the system.
  let libraryName: String?

  /// - Parameter libraries: The plugin's own first, as `PluginJudge` gives them.
  init(manifest: (path: String, text: [UInt8])?, libraries: [PlainFile]) {
    let contents = (manifest.map { [($0.path, File.Content.text($0.text))] } ?? []) + libraries.map { ($0.path, .open($0)) }
    let names = Self.names(of: contents.map(\.0))
    libraryName = libraries.isEmpty ? nil : names[manifest == nil ? 0 : 1]
    let files = zip(names, contents).map { File(name: $0, content: $1.1) }
    let unique = Dictionary(files.map { ($0.name, $0) }) { first, _ in first }
    self.files = unique.values.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
  }

  /// Bytes in all of them together.
  var size: Int {
    files.reduce(0) { sum, file in
      switch file.content {
      case .text(let text): sum + text.count
      case .open(let file): sum + file.size
      }
    }
  }

  /// What remains of paths when the directory that they have in common is taken away. A library may come with its plugin from
  /// "$ORIGIN/../lib"; then the plugin's directory is part of the names.
  private static func names(of paths: [String]) -> [String] {
    let parts = paths.map(parts)
    var common = parts[0].dropLast()
    for other in parts { common = common.prefix(zip(common, other.dropLast()).prefix { $0 == $1 }.count) }
    return parts.map { $0.dropFirst(common.count).joined(separator: "/") }
  }

  /// The parts of a path without "." and ".."; by the letter, as the store has no links.
  private static func parts(_ path: String) -> [Substring] {
    var parts: [Substring] = []
    for part in path.split(separator: "/") where part != "." {
      if part == ".." { _ = parts.popLast() } else { parts.append(part) }
    }
    return parts
  }
}
