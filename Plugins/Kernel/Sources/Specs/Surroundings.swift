// SPDX-License-Identifier: Apache-2.0

internal import Processes

/// Whose kernels are looked for: the variables of a process, and the user's home.
struct Surroundings: Sendable {
  var environment: [String: String]

  /// Of this process.
  static var current: Surroundings { Surroundings(environment: Spawn.environment) }

  var home: String { self["HOME"] ?? LocalFiles.home }

  /// A variable; nil also when it is empty.
  subscript(name: String) -> String? { environment[name].flatMap { $0.isEmpty ? nil : $0 } }

  /// A variable as Jupyter reads a switch: anything but "no", "n", "false", "off", "0", "0.0" is yes; nil when it is not set.
  func isSet(_ name: String) -> Bool? {
    environment[name].map { !["no", "n", "false", "off", "0", "0.0"].contains($0.lowercased()) }
  }

  /// The folders of `PATH`.
  var searchPath: [String] { Self.folders(self["PATH"] ?? "/usr/local/bin:/usr/bin:/bin") }

  static func folders(_ list: String) -> [String] { list.split(separator: ":").map(String.init).filter { $0.hasPrefix("/") } }

  /// Looks for a program in the folders of a list as `PATH` is one.
  static func find(_ program: String, in folders: [String]) -> String? {
    folders.lazy.map { Path.trimmed($0) + "/" + program }.first(where: LocalFiles.isExecutable)
  }
}
