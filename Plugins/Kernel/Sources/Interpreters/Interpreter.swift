// SPDX-License-Identifier: Apache-2.0

/// A Python that can be begun, as its folders show it. Nothing is run to find out.
struct Interpreter: Sendable, Hashable {
  /// What made its environment.
  enum Kind: String, Sendable, Hashable {
    case venv, conda, pixi, uv, pyenv, system
  }

  /// Absolute; of a virtual environment the link in it, not what the link leads to.
  var executable: String
  /// The environment's folder.
  var prefix: String
  var kind: Kind
  /// As "3.11.7" or "3.11"; nil when no folder tells.
  var version: String?
  /// The environment's own, as people call it.
  var name: String
  /// The version of ipykernel in it, "" when that is not to be seen; nil when it has none.
  var ipykernel: String?
  /// Where its packages lie, its own first.
  var packages: [String] = []

  /// As "Python 3.11.7 (venv: project)".
  var displayName: String {
    let python = "Python" + (version.map { " " + $0 } ?? "")
    return kind == .system ? python : "\(python) (\(kind.rawValue): \(name))"
  }

  /// The oldest Python that ipykernel works with these days.
  static let oldestWords = "3.8"

  /// Whether a kernel works with it; so it is taken to be where no folder tells the version.
  var isRecent: Bool {
    let numbers = (version ?? "").split(separator: ".").prefix(2).compactMap { Int($0) }
    return numbers.count < 2 || (numbers[0], numbers[1]) >= (3, 8)
  }

  /// Whether pip can be run in it.
  var hasPip: Bool { packages.contains { LocalFiles.isFile($0 + "/pip/__init__.py") } }

  /// Whether its packages are the system's package manager's, and pip refuses to touch them.
  var isManaged: Bool {
    guard kind != .venv, let version else { return false }
    let folder = "python" + version.split(separator: ".").prefix(2).joined(separator: ".")
    return LocalFiles.isFile("\(prefix)/lib/\(folder)/EXTERNALLY-MANAGED")
  }
}
