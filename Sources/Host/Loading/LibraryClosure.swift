// SPDX-License-Identifier: Apache-2.0

/// A library with everything it needs, directly or through others, as the loader would gather it.
struct LibraryClosure {
  static let maximumCount = 1_000

  private let root: SharedLibrary
  private let locator: SharedLibraryLocator
  /// What the root needs and what that needs, nearest first.
  private var libraries: [SharedLibrary] = []
  /// Directly needed ones, by the name in the root.
  private var direct: [String: SharedLibrary] = [:]
  /// Those that lie where "$ORIGIN" of the root, or of another one of these, points: what comes with the plugin. What lies beside the
  /// system's libraries is the system's.
  private(set) var companions: [SharedLibrary] = []

  init(of root: SharedLibrary, locator: SharedLibraryLocator) {
    self.root = root
    self.locator = locator
  }

  /// Finds the needed libraries; those that come from anywhere but the system have to be as trustworthy as the plugin itself.
  mutating func gather(_ files: inout FileJudge) throws(Refusal) {
    var seen: Set<String> = []
    var queue = [[root]]
    var next = 0
    while next < queue.count {
      let chain = queue[next]
      next += 1
      for name in chain[0].dynamic.needed {
        guard let found = locator.find(name, for: chain) else { throw missing(name, chain[0]) }
        if chain.count == 1 { direct[name] = found.library }
        // One of that name may be loaded already, from an earlier time of this plugin; which files belong to it does not depend on that.
        let companion = companion(name, for: chain)
        let library = companion ?? found.library
        guard seen.insert(library.path).inserted else { continue }
        guard seen.count <= Self.maximumCount else {
          throw Refusal(.tooLarge, path: root.path, "it needs more than \(Self.maximumCount) libraries; link it with fewer")
        }
        if companion != nil || !found.isSystem { try files.checkNeeded(library.path, by: root.path) }
        if let companion { companions.append(companion) }
        libraries.append(library)
        queue.append([library] + chain)
      }
    }
  }

  private func companion(_ name: String, for chain: [SharedLibrary]) -> SharedLibrary? {
    guard let (library, origin) = locator.findBeside(name, for: chain), origin === root || companions.contains(where: { $0 === origin })
    else { return nil }
    return library
  }

  private func missing(_ name: String, _ needing: SharedLibrary) -> Refusal {
    let through = needing === root ? "" : " (through '\(needing.path)')"
    return Refusal(
      .missingLibrary, path: root.path,
      "it needs '\(name)'\(through), which is not on this system; install it, or put it beside the plugin and link with '-rpath $ORIGIN'")
  }

  func checkVersions() throws(Refusal) {
    for (name, versions) in ELFVersions.wanted(root.image, root.dynamic) {
      guard let library = direct[name], let offered = library.versions,
        let version = versions.first(where: { !offered.contains($0) })
      else { continue }
      throw Refusal(
        .missingVersion, path: root.path,
        "it needs '\(name)' of version '\(version)', and '\(library.path)' is an older one; build it on this system, or update the system")
    }
  }

  /// Every symbol it wants must be offered by one of the needed libraries, or by one that this process has loaded.
  func checkSymbols() throws(Refusal) {
    let missing: [String]
    do throws(ELFFault) {
      missing = try root.symbols.wanted().filter { !isOffered($0) }.map { String(decoding: $0, as: UTF8.self) }
    } catch { throw error.refusal(root.path) }
    guard !missing.isEmpty else { return }
    let names = missing.prefix(3).map { "'\($0)'" }.joined(separator: ", ") + (missing.count > 3 ? " and \(missing.count - 3) more" : "")
    throw Refusal(
      .missingSymbol, path: root.path,
      "no library it needs has the symbol\(missing.count > 1 ? "s" : "") \(names); link it with the library that has, or correct the name")
  }

  /// A symbol of the library itself, or of one that it needs, as the loader would find it.
  func definition(of name: String) -> ELFSymbols.Symbol? {
    let name = ArraySlice(name.utf8)
    return root.symbols.definition(of: name) ?? libraries.lazy.compactMap { $0.symbols.definition(of: name) }.first
  }

  private func isOffered(_ name: ArraySlice<UInt8>) -> Bool {
    libraries.contains { $0.symbols.definition(of: name) != nil }
      || locator.loadedLibraries.contains { $0.symbols.definition(of: name) != nil }
  }
}
