// SPDX-License-Identifier: Apache-2.0
// Source: jupyter_core.paths 5.9.

/// Where Jupyter keeps things.
struct JupyterPaths: Sendable {
  let surroundings: Surroundings
  /// Of the environments that count, the nearest first.
  let prefixes: [String]

  init(_ surroundings: Surroundings, prefixes: [String] = []) {
    self.surroundings = surroundings
    self.prefixes = prefixes
  }

  /// The user's own.
  var dataDirectory: String {
    if let directory = surroundings["JUPYTER_DATA_DIR"] { return Path.trimmed(directory) }
    let base = surroundings["XDG_DATA_HOME"].map(Path.trimmed) ?? surroundings.home + "/.local/share"
    return base + (usesPlatformFolders ? "/Jupyter" : "/jupyter")
  }

  /// Of connection files.
  var runtimeDirectory: String { surroundings["JUPYTER_RUNTIME_DIR"].map(Path.trimmed) ?? dataDirectory + "/runtime" }

  /// Where kernelspecs are, the one that counts first.
  var kernelDirectories: [String] {
    let ipython = surroundings["IPYTHONDIR"].map(Path.trimmed) ?? surroundings.home + "/.ipython"
    return Self.unique(data.map { $0 + "/kernels" } + [ipython + "/kernels"])
  }

  private var data: [String] {
    let own = surroundings["JUPYTER_PATH"].map { Surroundings.folders($0).map(Path.trimmed) } ?? []
    let system = self.system
    let environments = prefixes.map { (prefix: $0, data: Path.trimmed($0) + "/share/jupyter") }.filter { !system.contains($0.data) }
    let first = environments.filter { comesFirst($0.prefix) }.map(\.data)
    let later = environments.filter { !comesFirst($0.prefix) }.map(\.data)
    return own + first + user + later + system
  }

  private var user: [String] {
    guard surroundings["PYTHONNOUSERSITE"] == nil else { return [dataDirectory] }
    let base = surroundings["PYTHONUSERBASE"].map(Path.trimmed) ?? surroundings.home + "/.local"
    return [dataDirectory, base + "/share/jupyter"]
  }

  private var system: [String] {
    guard usesPlatformFolders else { return ["/usr/local/share/jupyter", "/usr/share/jupyter"] }
    return Surroundings.folders(surroundings["XDG_DATA_DIRS"] ?? "/usr/local/share:/usr/share").map { Path.trimmed($0) + "/Jupyter" }
  }

  private var usesPlatformFolders: Bool { surroundings.isSet("JUPYTER_PLATFORM_DIRS") ?? false }

  /// Whether an environment's specs win over the user's.
  private func comesFirst(_ prefix: String) -> Bool {
    if let isWanted = surroundings.isSet("JUPYTER_PREFER_ENV_PATH") { return isWanted }
    guard LocalFiles.rights(prefix)?.owner == LocalFiles.user else { return false }
    if LocalFiles.isFile(prefix + "/pyvenv.cfg") { return true }
    // The base of a conda installation has the others in it.
    return LocalFiles.isDirectory(prefix + "/conda-meta") && !LocalFiles.isDirectory(prefix + "/condabin")
  }

  private static func unique(_ paths: [String]) -> [String] {
    var seen: Set<String> = []
    return paths.filter { seen.insert($0).inserted }
  }
}
