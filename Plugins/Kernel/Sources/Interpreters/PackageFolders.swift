// SPDX-License-Identifier: Apache-2.0

/// Where the packages of a Python lie.
struct PackageFolders: Sendable {
  let surroundings: Surroundings

  init(_ surroundings: Surroundings) { self.surroundings = surroundings }

  /// Those that exist, the environment's own first.
  func of(_ prefix: String, version: String?, _ settings: VenvSettings?) -> [String] {
    var folders = own(prefix)
    guard let settings else { return existing(folders + user(version)) }
    if settings.seesSystem, let home = settings.home { folders += own(Path.parent(of: home)) + user(version) }
    if settings.seesSystem || !folders.isEmpty { folders += added(folders) }
    return existing(folders)
  }

  /// The version of a package: "" when its folder is there and its description is not; nil when it is not there.
  static func version(of package: String, in folders: [String]) -> String? {
    for folder in folders where LocalFiles.isFile("\(folder)/\(package)/__init__.py") {
      let prefix = package + "-"
      let description = LocalFiles.names(in: folder).first { $0.hasPrefix(prefix) && $0.hasSuffix(".dist-info") }
      return description.map { String($0.dropFirst(prefix.count).dropLast(10)) } ?? ""
    }
    return nil
  }

  private func own(_ prefix: String) -> [String] {
    var folders: [String] = []
    for library in ["lib", "lib64"] {
      let names = LocalFiles.names(in: "\(prefix)/\(library)").filter { $0.hasPrefix("python") || $0.hasPrefix("pypy") }
      folders += names.flatMap { ["\(prefix)/\(library)/\($0)/site-packages", "\(prefix)/\(library)/\($0)/dist-packages"] }
    }
    // Debian's Python looks in /usr/local too.
    return prefix == "/usr" ? own("/usr/local") + folders : folders
  }

  private func user(_ version: String?) -> [String] {
    guard let version, surroundings["PYTHONNOUSERSITE"] == nil else { return [] }
    let base = surroundings["PYTHONUSERBASE"].map(Path.trimmed) ?? surroundings.home + "/.local"
    return ["\(base)/lib/python\(version.split(separator: ".").prefix(2).joined(separator: "."))/site-packages"]
  }

  /// Folders that .pth files name: an environment on top of another is made with one.
  private func added(_ folders: [String]) -> [String] {
    folders.flatMap { folder in
      LocalFiles.names(in: folder).filter { $0.hasSuffix(".pth") }.flatMap { name in
        (LocalFiles.text(folder + "/" + name) ?? "").split(whereSeparator: \.isNewline).map(String.init).filter { $0.hasPrefix("/") }
      }
    }
  }

  private func existing(_ folders: [String]) -> [String] {
    var seen: Set<String> = []
    return folders.filter { folder in LocalFiles.realPath(folder).map { seen.insert($0).inserted && LocalFiles.isDirectory($0) } ?? false }
  }
}
