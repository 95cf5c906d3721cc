// SPDX-License-Identifier: Apache-2.0

/// Where this host is installed, told from where its program lies.
package enum HostInstallation {
  /// The directory of the program that runs.
  package static let programs: String = FilePaths.real("/proc/self/exe").map(\.parentDirectory) ?? "/"

  /// The plugins that came with the host lie in one of these.
  static let plugins: [String] = {
    let prefix = programs.parentDirectory
    return [prefix + "/plugins", prefix + "/lib/jackfield/plugins"].map { FilePaths.real($0) ?? $0 }
  }()

  /// Whether a plugin came with the host.
  package static func owns(_ path: String) -> Bool {
    let real = FilePaths.real(path) ?? path
    return plugins.contains { real.hasPrefix($0 + "/") }
  }

  /// The program that runs one plugin in a process of its own.
  package static var runner: String { programs + "/jackfield-runner" }
}
