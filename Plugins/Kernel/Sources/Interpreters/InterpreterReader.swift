// SPDX-License-Identifier: Apache-2.0

internal import PluginSDK

/// Reads what the folders around a Python say of it.
struct InterpreterReader: Sendable {
  let surroundings: Surroundings

  /// Makes sense of an interpreter or an environment's folder that somebody named.
  ///
  /// - Throws: `PluginFailure` when that is neither.
  func resolve(_ path: String) throws -> Interpreter {
    guard path.hasPrefix("/") else {
      throw PluginFailure(
        "cannot use '\(path)' as an interpreter: give it from the root on, or its environment's folder", code: "not_an_interpreter",
        status: .invalid)
    }
    let path = Path.trimmed(path)
    switch LocalFiles.kind(path) {
    case .nothing:
      throw refusal(path, "there is nothing", "see 'kernel.interpreters' for what there is")
    case .directory:
      guard let found = read(folder: path) else {
        throw refusal(path, "the folder has no 'bin/python'", "name the folder of an environment, or an interpreter")
      }
      return found
    case .file, .other:
      guard LocalFiles.isExecutable(path) else {
        throw refusal(path, "it is no program", "name a Python interpreter, or the folder of an environment")
      }
      let found = read(executable: path)
      guard found.version != nil || Self.isPythonName(Path.name(of: path)) else {
        throw refusal(path, "it is a program, but neither its name nor the folders around it are Python's", "name a Python interpreter")
      }
      return found
    }
  }

  private func refusal(_ path: String, _ reason: String, _ cure: String) -> PluginFailure {
    PluginFailure("cannot use '\(path)' as an interpreter: \(reason); \(cure)", code: "not_an_interpreter", status: .invalid)
  }

  static func isPythonName(_ name: String) -> Bool { name.hasPrefix("python") || name.hasPrefix("pypy") }

  /// Reads an environment's folder; nil when there is no Python in it.
  func read(folder: String, kind: Interpreter.Kind? = nil) -> Interpreter? {
    let programs = ["python", "python3", "pypy3"].map { "\(folder)/bin/\($0)" }
    return programs.first(where: LocalFiles.isExecutable).map { read(executable: $0, kind: kind) }
  }

  /// Reads what is around a Python.
  func read(executable: String, kind: Interpreter.Kind? = nil) -> Interpreter {
    let own = Path.parent(of: Path.parent(of: executable))
    let isEnvironment = LocalFiles.isFile(own + "/pyvenv.cfg") || LocalFiles.isDirectory(own + "/conda-meta")
    let real = LocalFiles.realPath(executable) ?? executable
    let prefix = isEnvironment ? own : Path.parent(of: Path.parent(of: real))
    let settings = VenvSettings(prefix)
    let version = settings?.version ?? condaVersion(prefix) ?? folderVersion(prefix, real)
    let found = kind ?? self.kind(of: prefix, settings)
    let packages = PackageFolders(surroundings).of(prefix, version: version, settings)
    return Interpreter(
      executable: executable, prefix: prefix, kind: found, version: version, name: name(prefix, found, version),
      ipykernel: PackageFolders.version(of: "ipykernel", in: packages), packages: packages)
  }

  private func kind(of prefix: String, _ settings: VenvSettings?) -> Interpreter.Kind {
    if settings != nil { return .venv }
    if LocalFiles.isDirectory(prefix + "/conda-meta") { return prefix.contains("/.pixi/envs/") ? .pixi : .conda }
    if prefix.contains("/uv/python/") { return .uv }
    return prefix.contains("/.pyenv/versions/") || surroundings["PYENV_ROOT"].map { Path.isInside(prefix, $0) } == true ? .pyenv : .system
  }

  /// ".venv" says nothing; the project does.
  private func name(_ prefix: String, _ kind: Interpreter.Kind, _ version: String?) -> String {
    let name = Path.name(of: prefix)
    switch kind {
    case .venv where [".venv", "venv", "env"].contains(name): return Path.name(of: Path.parent(of: prefix))
    case .conda where LocalFiles.isDirectory(prefix + "/condabin"): return "base"
    default: return name
    }
  }

  // MARK: - Versions

  /// As conda-meta/python-3.11.7-h2628c8c_0.json says it.
  private func condaVersion(_ prefix: String) -> String? {
    LocalFiles.names(in: prefix + "/conda-meta").lazy.compactMap { name -> String? in
      let parts = name.split(separator: "-")
      return parts.count >= 3 && parts[0] == "python" && parts[1].first?.isNumber == true ? String(parts[1]) : nil
    }.first
  }

  /// "cpython-3.12.3-linux-x86_64-gnu" and "3.11.7" of uv's and pyenv's folders, "python3.11" of a program, "lib/python3.11".
  private func folderVersion(_ prefix: String, _ real: String) -> String? {
    let parts = Path.name(of: prefix).split(separator: "-").filter { Self.isVersion($0, parts: 3) }
    if let whole = parts.first { return String(whole) }
    let name = Path.name(of: real)
    let suffix = name.drop { !$0.isNumber }
    if Self.isVersion(suffix, parts: 2) { return String(suffix) }
    return LocalFiles.names(in: prefix + "/lib").last { $0.hasPrefix("python") && Self.isVersion($0.dropFirst(6), parts: 2) }
      .map { String($0.dropFirst(6)) }
  }

  private static func isVersion(_ text: Substring, parts: Int) -> Bool {
    let numbers = text.split(separator: ".", omittingEmptySubsequences: false)
    return numbers.count == parts && numbers.allSatisfy { !$0.isEmpty && $0.allSatisfy { $0.isASCII && $0.isNumber } }
  }
}
