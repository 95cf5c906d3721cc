// SPDX-License-Identifier: Apache-2.0

/// Finds the Pythons of this machine. Nothing is run; an environment that another user can write into is passed over.
struct InterpreterFinder: Sendable {
  let surroundings: Surroundings
  private let reader: InterpreterReader

  private static let environmentNames = [".venv", "venv", "env"]
  private static let mostLevels = 64
  private static let mostEnvironments = 500

  init(_ surroundings: Surroundings) {
    self.surroundings = surroundings
    reader = InterpreterReader(surroundings: surroundings)
  }

  /// All, the most fitting first: near the document, the active one, then whatever conda, uv, pyenv and PATH have.
  func all(near document: String?) -> [Interpreter] {
    var seen: Set<String> = []
    let found = (document.map(near) ?? []) + active() + conda() + uv() + pyenv() + onPath()
    return found.filter { seen.insert(LocalFiles.realPath($0.prefix) ?? $0.prefix).inserted }.prefix(Self.mostEnvironments).map(\.self)
  }

  /// The one that a document's code means to be run with: that of its project, else the active one.
  func nearest(to document: String?) -> Interpreter? { (document.map(near) ?? []).first ?? active().first }

  /// In the document's folder and above it, up to the project's root or the home.
  func near(_ document: String) -> [Interpreter] {
    var found: [Interpreter] = []
    var folder = Path.parent(of: document)
    for _ in 0..<Self.mostLevels where !folder.isEmpty {
      for name in Self.environmentNames { found += environment(folder + "/" + name) }
      for name in LocalFiles.names(in: folder + "/.pixi/envs") { found += environment("\(folder)/.pixi/envs/\(name)", .pixi) }
      if folder == "/" || folder == surroundings.home || LocalFiles.kind(folder + "/.git") != .nothing { break }
      folder = Path.parent(of: folder)
    }
    return found
  }

  /// What this process was started in.
  func active() -> [Interpreter] {
    ["VIRTUAL_ENV", "CONDA_PREFIX"].compactMap { surroundings[$0] }.flatMap { environment(Path.trimmed($0)) }
  }

  /// What the shell runs as python3, with pyenv's shims seen through; nil when there is none, or none that a kernel works with.
  func shell() -> Interpreter? {
    surroundings.searchPath.lazy.flatMap { folder in
      folder.hasSuffix("/shims") ? shimmed(Path.parent(of: folder)) : [Path.trimmed(folder) + "/python3"]
    }.filter(LocalFiles.isExecutable).map { reader.read(executable: $0) }.first { $0.isRecent }
  }

  /// The python3 of the versions that pyenv's user chose.
  private func shimmed(_ root: String) -> [String] {
    let chosen = surroundings["PYENV_VERSION"] ?? LocalFiles.text(root + "/version") ?? ""
    return chosen.split { $0 == ":" || $0.isWhitespace }.filter { !$0.contains("/") }.map { "\(root)/versions/\($0)/bin/python3" }
  }

  private func conda() -> [Interpreter] {
    let listed = (LocalFiles.text(surroundings.home + "/.conda/environments.txt") ?? "").split(whereSeparator: \.isNewline).map(String.init)
    var roots = ["miniconda3", "anaconda3", "miniforge3", "mambaforge", "micromamba"].map { surroundings.home + "/" + $0 } + ["/opt/conda"]
    roots += ["MAMBA_ROOT_PREFIX", "CONDA_ROOT"].compactMap { surroundings[$0] }
    if let program = surroundings["CONDA_EXE"] { roots.append(Path.parent(of: Path.parent(of: program))) }
    let inRoots = roots.flatMap { root in [root] + LocalFiles.names(in: root + "/envs").map { "\(root)/envs/\($0)" } }
    return (listed + inRoots).filter { $0.hasPrefix("/") && LocalFiles.isDirectory($0 + "/conda-meta") }.flatMap { environment($0, .conda) }
  }

  private func uv() -> [Interpreter] {
    let data = surroundings["XDG_DATA_HOME"].map(Path.trimmed) ?? surroundings.home + "/.local/share"
    let root = surroundings["UV_PYTHON_INSTALL_DIR"].map(Path.trimmed) ?? data + "/uv/python"
    return LocalFiles.names(in: root).filter { !$0.hasPrefix(".") }.flatMap { environment("\(root)/\($0)", .uv) }
  }

  private func pyenv() -> [Interpreter] {
    let root = (surroundings["PYENV_ROOT"].map(Path.trimmed) ?? surroundings.home + "/.pyenv") + "/versions"
    return LocalFiles.names(in: root).flatMap { name in
      environment("\(root)/\(name)", nil)
        + LocalFiles.names(in: "\(root)/\(name)/envs").flatMap { environment("\(root)/\(name)/envs/\($0)", nil) }
    }
  }

  /// A shim is a script that looks for the real one, which pyenv's folder has.
  private func onPath() -> [Interpreter] {
    surroundings.searchPath.filter { !$0.hasSuffix("/shims") }.flatMap { folder in
      let names = ["python3", "python"] + LocalFiles.names(in: folder).filter { Self.isNumbered($0) }
      return names.map { Path.trimmed(folder) + "/" + $0 }.filter(LocalFiles.isExecutable).map { reader.read(executable: $0) }
    }
  }

  /// As "python3.11", not "python3.11-config".
  private static func isNumbered(_ name: String) -> Bool {
    name.hasPrefix("python3.") && name.dropFirst(8).allSatisfy { $0.isASCII && $0.isNumber }
  }

  private func environment(_ folder: String, _ kind: Interpreter.Kind? = nil) -> [Interpreter] {
    guard LocalFiles.isDirectory(folder), LocalFiles.isOurs(folder), let found = reader.read(folder: folder, kind: kind) else { return [] }
    return [found]
  }
}
