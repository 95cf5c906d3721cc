// SPDX-License-Identifier: Apache-2.0
// Decides whether a plugin's library may be loaded, without loading it: what the loader would trip over, and what must never
// be let into the process, is said here in a sentence.

/// Looks at libraries before they are loaded. Keeps what it has read of the system's libraries: make one for each pass.
package final class PluginJudge {
  var files = FileJudge()
  let locator = SharedLibraryLocator()

  package init() {}

  /// Says which files were judged, or why the plugin must stay outside: the first fault found.
  ///
  /// - Returns: Its library and those that come with it from beside it, still open.
  @discardableResult
  func judge(_ plugin: DiscoveredPlugin) throws(Refusal) -> [SharedLibrary] {
    if let refusal = plugin.refusal { throw refusal }
    // A plugin that was not refused has one.
    guard let library = plugin.libraryPath else { return [] }
    if let path = plugin.manifestPath { try files.check(path, in: plugin.directory) }
    if let interface = plugin.manifest?.cInterface { return try judge(interface, at: library, in: plugin.directory) }
    return try judge(library: library, in: plugin.directory)
  }

  /// Judges a library by its path.
  @discardableResult
  func judge(library path: String, in directory: String) throws(Refusal) -> [SharedLibrary] {
    let image = try image(path, directory)
    let library = try Self.translating(path) { () throws(ELFFault) in try SharedLibrary(image) }
    for check in checks { try check(library) }
    return [library] + (try closure(of: library)).companions
  }

  /// Everything there is to say against a library, as far as it can be read.
  package func refusals(library path: String, in directory: String) -> [Refusal] {
    do throws(Refusal) {
      let image = try image(path, directory)
      let library = try Self.translating(path) { () throws(ELFFault) in try SharedLibrary(image) }
      return (checks + [checkNeighbours]).compactMap { check in
        do throws(Refusal) { try check(library) } catch { return error }
        return nil
      }
    } catch {
      return [error]
    }
  }

  private var checks: [(SharedLibrary) throws(Refusal) -> Void] { loading + [checkEntry] }

  /// What holds for every library that is loaded.
  var loading: [(SharedLibrary) throws(Refusal) -> Void] { [checkKind, checkStack, checkRelocations] }

  private func image(_ path: String, _ directory: String) throws(Refusal) -> ELFImage {
    try files.check(path, in: directory)
    return try image(path)
  }

  func image(_ path: String) throws(Refusal) -> ELFImage {
    let file: PlainFile
    do throws(PlainFile.Failure) { file = try PlainFile(path) } catch { throw FileJudge.refusal(error, path) }
    return try Self.translating(path) { () throws(ELFFault) in try ELFImage(file) }
  }

  static func translating<Value>(_ path: String, _ body: () throws(ELFFault) -> Value) throws(Refusal) -> Value {
    do throws(ELFFault) { return try body() } catch { throw error.refusal(path) }
  }

  private func checkKind(_ library: SharedLibrary) throws(Refusal) {
    if library.dynamic.isProgram { throw ELFFault.notShared.refusal(library.path) }
  }

  /// glibc before 2.41 would make the stacks of the whole process executable to please one library.
  private func checkStack(_ library: SharedLibrary) throws(Refusal) {
    guard library.image.wantsExecutableStack else { return }
    throw Refusal(.executableStack, path: library.path, "it asks for an executable stack; link it with '-z noexecstack'")
  }

  private func checkRelocations(_ library: SharedLibrary) throws(Refusal) {
    guard library.dynamic.hasTextRelocations else { return }
    throw Refusal(
      .textRelocations, path: library.path, "its code would have to be made writable to load it (text relocations); compile it with '-fPIC'"
    )
  }

  private func checkEntry(_ library: SharedLibrary) throws(Refusal) {
    let entry = library.symbols.definition(of: ArraySlice(Self.entry.utf8))
    if entry?.isFunction == true { return }
    guard entry == nil else {
      throw Refusal(
        .noEntry, path: library.path, "its '\(Self.entry)' is not a function; define it as jackfield/plugin.h declares it")
    }
    if let major = try otherMajor(library) { throw Refusal(.otherABI, path: library.path, Refusal.otherABI(major)) }
    throw Refusal(
      .noEntry, path: library.path,
      "it has no function '\(Self.entry)'; define and export it as jackfield/plugin.h says, or remove the file if it is no plugin")
  }

  private static let entry = "jf_plugin_entry_1"

  /// The highest major that the library has an entry for.
  private func otherMajor(_ library: SharedLibrary) throws(Refusal) -> Int? {
    var majors: [Int] = []
    let prefix = "jf_plugin_entry_"
    try Self.translating(library.path) { () throws(ELFFault) in
      try library.symbols.forEach { symbol in
        guard symbol.isDefined, symbol.name.starts(with: prefix.utf8) else { return }
        if let major = Int(String(decoding: symbol.name.dropFirst(prefix.utf8.count), as: UTF8.self)) { majors.append(major) }
      }
    }
    return majors.max()
  }

  private func checkNeighbours(_ library: SharedLibrary) throws(Refusal) { _ = try closure(of: library) }

  /// A library with all it needs, found complete.
  func closure(of library: SharedLibrary) throws(Refusal) -> LibraryClosure {
    var closure = LibraryClosure(of: library, locator: locator)
    try closure.gather(&files)
    try closure.checkVersions()
    try closure.checkSymbols()
    return closure
  }
}

extension ELFFault {
  func refusal(_ path: String) -> Refusal {
    let host = ELFFault.hostMachineName
    return switch self {
    case .empty: Refusal(.notELF, path: path, "it is empty; build or copy it again")
    case .notELF: Refusal(.notELF, path: path, "it is not an ELF file; put the plugin's shared library there")
    case .otherClass: Refusal(.otherClass, path: path, "it is not for a 64-bit little-endian machine; build it for \(host)")
    case .otherMachine(let machine):
      Refusal(
        .otherMachine, path: path,
        "it is for \(ELFFault.machineNames[machine] ?? "machine \(machine)"), this machine is \(host); build it for \(host)")
    case .notShared: Refusal(.notShared, path: path, "it is not a shared library; link it with '-shared'")
    case .tooLarge: Refusal(.tooLarge, path: path, "it has more than 512 MiB; strip it ('strip --strip-unneeded')")
    case .damaged(let what): Refusal(.damaged, path: path, "it is damaged: \(what); build or copy it again")
    }
  }
}
