// SPDX-License-Identifier: Apache-2.0

internal import JSON

/// The variables that entering an environment sets.
enum Activation {
  /// Changes variables as if the environment of an interpreter had been entered, and any other left.
  static func enter(_ interpreter: Interpreter, _ variables: inout [String: String]) {
    leaveOthers(than: interpreter.prefix, &variables)
    let path = variables["PATH"] ?? "/usr/local/bin:/usr/bin:/bin"
    let bin = interpreter.prefix + "/bin"
    if path.split(separator: ":").first.map(String.init) != bin, interpreter.kind != .system { variables["PATH"] = bin + ":" + path }
    switch interpreter.kind {
    case .venv:
      variables["VIRTUAL_ENV"] = interpreter.prefix
    case .conda, .pixi:
      variables["CONDA_PREFIX"] = interpreter.prefix
      variables["CONDA_DEFAULT_ENV"] = interpreter.name
      for (name, value) in condaVariables(interpreter.prefix) { variables[name] = value }
    case .uv, .pyenv, .system: break
    }
  }

  private static func leaveOthers(than prefix: String, _ variables: inout [String: String]) {
    for name in ["VIRTUAL_ENV", "CONDA_PREFIX"] {
      guard let other = variables[name], Path.trimmed(other) != prefix else { continue }
      variables[name] = nil
      if name == "CONDA_PREFIX" { variables["CONDA_DEFAULT_ENV"] = nil }
      let bin = Path.trimmed(other) + "/bin"
      variables["PATH"] = variables["PATH"].map { $0.split(separator: ":").filter { $0 != bin }.joined(separator: ":") }
    }
    // They lead a Python to another's library.
    variables["PYTHONHOME"] = nil
    variables["PYTHONEXECUTABLE"] = nil
  }

  /// As `conda env config vars` set them. Scripts of etc/conda/activate.d are not run.
  private static func condaVariables(_ prefix: String) -> [String: String] {
    guard let state = LocalFiles.text(prefix + "/conda-meta/state"), let json = try? JSONValue(parsing: state) else { return [:] }
    return (json["env_vars"]?.objectValue ?? [:]).compactMapValues(\.stringValue)
  }
}
