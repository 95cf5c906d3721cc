// SPDX-License-Identifier: Apache-2.0

/// The programs that look after environments, where they are there.
struct InstallTools: Sendable {
  private let folders: [String]
  private let surroundings: Surroundings

  init(_ surroundings: Surroundings) {
    self.surroundings = surroundings
    let home = surroundings.home
    folders =
      surroundings.searchPath.filter { !$0.hasSuffix("/shims") } + [home + "/.local/bin", home + "/.cargo/bin", home + "/.pixi/bin"]
  }

  var uv: String? { Surroundings.find("uv", in: folders) }
  var pixi: String? { Surroundings.find("pixi", in: folders) }

  /// Of the installation an environment belongs to, else by PATH.
  func conda(_ prefix: String) -> String? {
    let root = Path.name(of: Path.parent(of: prefix)) == "envs" ? Path.parent(of: Path.parent(of: prefix)) : prefix
    let own = ["\(root)/condabin", "\(root)/bin"]
    if let named = surroundings["CONDA_EXE"], LocalFiles.isExecutable(named) { return named }
    return ["mamba", "conda", "micromamba"].lazy.compactMap { Surroundings.find($0, in: own + folders) }.first
  }
}
