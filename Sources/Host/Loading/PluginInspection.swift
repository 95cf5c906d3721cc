// SPDX-License-Identifier: Apache-2.0

/// Says everything there is to say about a plugin, for its author. Loads nothing.
package enum PluginInspection {
  package struct Finding: Hashable, Sendable, CustomStringConvertible {
    package enum Severity: String, Sendable {
      /// The host would not let the plugin in.
      case fault
      case advice
    }

    package var severity: Severity
    /// One sentence.
    package var description: String
  }

  /// Looks at a plugin's directory, its plugin.json or its library.
  package static func inspect(_ path: String) -> [Finding] {
    let path = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    if let findings = cLibrary(path) { return findings }
    let (refusals, library, directory) = manifest(path)
    guard let library else { return refusals.map(fault) }
    return refusals.map(fault) + PluginJudge().refusals(library: library, in: directory).map(fault) + advice(library)
  }

  /// What there is to say of a sound manifest of kind "c-library"; nil when it is none.
  private static func cLibrary(_ path: String) -> [Finding]? {
    let directory = path.hasSuffix(".json") ? path.parentDirectory : path
    guard let plugin = PluginDiscovery.plugin(at: directory), let interface = plugin.manifest?.cInterface, let file = plugin.manifestPath,
      let library = plugin.libraryPath
    else { return nil }
    var files = FileJudge()
    var refusals: [Refusal] = []
    do throws(Refusal) { try files.check(file, in: directory) } catch { refusals.append(error) }
    return (refusals + PluginJudge().refusals(interface, at: library, in: directory)).map(fault)
  }

  private static func fault(_ refusal: Refusal) -> Finding { Finding(severity: .fault, description: refusal.message) }

  /// What is wrong with the manifest, and which library belongs to it as far as that can be told.
  private static func manifest(_ path: String) -> (refusals: [Refusal], library: String?, directory: String) {
    let directory = path.parentDirectory
    if path.hasSuffix(".json") { return sidecar(path, directory) }
    guard let file = try? PlainFile(path) else {
      return path.hasSuffix(".so") ? ([], path, directory) : sidecar("\(path)/\(ManifestFile.name)", path)
    }
    guard let text = (try? ELFImage(file))?.embeddedManifest() else {
      let (refusals, library, _) = sidecar("\(directory)/\(ManifestFile.name)", directory)
      return (refusals, library.map { $0.fileName == path.fileName ? $0 : path } ?? path, directory)
    }
    let parser = ManifestParser(text, path: path, origin: .note)
    _ = parser.parse()
    return (parser.faults.refusals, path, directory)
  }

  private static func sidecar(_ path: String, _ directory: String) -> (refusals: [Refusal], library: String?, directory: String) {
    do throws(Refusal) {
      let parser = ManifestParser(try ManifestFile.read(path), path: path)
      let library = parser.parse()?.library ?? parser.declaredLibrary
      var files = FileJudge()
      var refusals = parser.faults.refusals
      do throws(Refusal) { try files.check(path, in: directory) } catch { refusals.append(error) }
      return (refusals, library.map { "\(directory)/\($0)" }, directory)
    } catch {
      return ([error], nil, directory)
    }
  }

  /// What works and could be better.
  private static func advice(_ path: String) -> [Finding] {
    guard let library = try? SharedLibrary(path) else { return [] }
    var exports = 0
    // A table that cannot be walked is a fault above.
    try? library.symbols.forEach { if $0.isDefined { exports += 1 } }
    guard exports > 20 else { return [] }
    return [
      Finding(
        severity: .advice,
        description:
          "'\(path)' exports \(exports) symbols, which may clash with other libraries; hide all but 'jf_plugin_entry_1' with a version script"
      )
    ]
  }
}
