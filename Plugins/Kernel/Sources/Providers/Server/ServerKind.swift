// SPDX-License-Identifier: Apache-2.0

/// What a server is, by what `GET api` says.
enum ServerKind: Sendable, Hashable {
  /// Its version.
  case jupyterServer(String)
  /// Enterprise Gateway or Kernel Gateway: takes an environment for its kernels.
  case gateway(String)

  /// Whether variables for a kernel reach it.
  var takesEnvironment: Bool {
    if case .gateway = self { return true }
    return false
  }

  /// For people.
  var words: String {
    switch self {
    case .jupyterServer(let version): "Jupyter Server \(version)"
    case .gateway(let version): "gateway \(version)"
    }
  }
}
