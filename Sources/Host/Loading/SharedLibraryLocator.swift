// SPDX-License-Identifier: Apache-2.0
// Finds libraries where ld.so would; see ld.so(8). Nothing is loaded.
import FoundationEssentials
import Glibc

/// Finds and reads the libraries that a library needs. Keeps what it has read: make one for each pass over the plugins.
final class SharedLibraryLocator {
  struct Found {
    var library: SharedLibrary
    /// Inside this process already, or in the system's own directories.
    var isSystem: Bool
  }

  private let loaded: [String]
  private let cache: LibraryCache
  private let environment: [String]
  private var libraries: [String: SharedLibrary?] = [:]

  init(
    loaded: [String] = LoadedLibraries.paths(), cache: LibraryCache = LibraryCache(),
    environment: String? = ProcessInfo.processInfo.environment["LD_LIBRARY_PATH"]
  ) {
    self.loaded = loaded
    self.cache = cache
    self.environment = environment.map { $0.split(whereSeparator: { ":;".contains($0) }).map(String.init) } ?? []
  }

  /// Finds a library.
  ///
  /// - Parameter chain: The library that needs it, then the one that needs that, up to the plugin.
  func find(_ name: String, for chain: [SharedLibrary]) -> Found? {
    guard let needing = chain.first else { return nil }
    if name.contains("/") {
      return library(Self.expanded(name, for: needing)).map { Found(library: $0, isSystem: false) }
    }
    if let library = loadedByName[name] { return Found(library: library, isSystem: true) }
    for place in places(chain) {
      if let library = library("\(place.directory)/\(name)") { return Found(library: library, isSystem: false) }
    }
    for path in cache[name] + Self.standardDirectories.map({ "\($0)/\(name)" }) {
      if let library = library(path) { return Found(library: library, isSystem: true) }
    }
    return nil
  }

  /// Finds a library that lies where "$ORIGIN" points, whatever is loaded already; nil when the loader would take one from elsewhere.
  ///
  /// - Returns: Also the library whose "$ORIGIN" it is: one of the chain.
  func findBeside(_ name: String, for chain: [SharedLibrary]) -> (library: SharedLibrary, origin: SharedLibrary)? {
    guard let needing = chain.first else { return nil }
    if name.contains("/") { return Self.isRelative(name) ? library(Self.expanded(name, for: needing)).map { ($0, needing) } : nil }
    for place in places(chain) {
      if let library = library("\(place.directory)/\(name)") { return place.origin.map { (library, $0) } }
    }
    return nil
  }

  /// Where the system's loader would find a library that nobody in particular needs.
  func systemPath(of name: String) -> String? {
    let places = environment.map { "\($0)/\(name)" } + cache[name] + Self.standardDirectories.map { "\($0)/\(name)" }
    return places.first { $0.hasPrefix("/") && library($0) != nil }
  }

  /// By the name a library gives itself: the kernel names the file behind the link, such as "libstdc++.so.6.0.30".
  private lazy var loadedByName: [String: SharedLibrary] = {
    Dictionary(loadedLibraries.map { ($0.dynamic.name ?? $0.path.fileName, $0) }, uniquingKeysWith: { first, _ in first })
  }()

  /// Everything in this process, read when first asked for.
  var loadedLibraries: some Sequence<SharedLibrary> { loaded.lazy.compactMap { self.library($0) } }

  private struct Place {
    let directory: String
    /// The library beside which it is, if it was named by "$ORIGIN".
    let origin: SharedLibrary?

    init(_ path: String, for library: SharedLibrary) {
      directory = SharedLibraryLocator.expanded(path, for: library)
      origin = SharedLibraryLocator.isRelative(path) ? library : nil
    }
  }

  /// Directories named by the libraries themselves and by the environment, in the order of ld.so.
  private func places(_ chain: [SharedLibrary]) -> [Place] {
    let own = chain[0].dynamic.searchPath
    let inherited =
      own.isEmpty ? chain.flatMap { library in library.dynamic.inheritedSearchPath.map { Place($0, for: library) } } : []
    return inherited + environment.map { Place($0, for: chain[0]) } + own.map { Place($0, for: chain[0]) }
  }

  private static let originTokens = ["$ORIGIN", "${ORIGIN}"]

  private static func isRelative(_ path: String) -> Bool { originTokens.contains { path.hasPrefix($0) } }

  private static func expanded(_ path: String, for library: SharedLibrary) -> String {
    for token in originTokens where path.hasPrefix(token) { return library.directory + path.dropFirst(token.count) }
    return path
  }

  /// The library at a path; nil when there is none that could be loaded, and then ld.so looks further.
  private func library(_ path: String) -> SharedLibrary? {
    if let known = libraries[path] { return known }
    let library = try? SharedLibrary(path)
    libraries[path] = .some(library)
    return library
  }

  #if arch(x86_64)
    private static let triple = "x86_64-linux-gnu"
  #elseif arch(arm64)
    private static let triple = "aarch64-linux-gnu"
  #elseif arch(riscv64)
    private static let triple = "riscv64-linux-gnu"
  #endif
  private static let standardDirectories = ["/lib/\(triple)", "/usr/lib/\(triple)", "/lib64", "/usr/lib64", "/lib", "/usr/lib"]
}
