// SPDX-License-Identifier: Apache-2.0

/// The plugins that come with the host: whoever could change them could change the host itself.
struct OwnInstallation: Sendable {
  private let candidates: [String]
  private let excluded: [String]

  /// - Parameters:
  ///   - executable: The host's own file; nil when it cannot be told, and then nothing comes with it.
  ///   - dropIn: Directories for plugins of others, which never are the host's own, wherever they lie.
  init(executable: String? = FilePaths.real("/proc/self/exe"), dropIn: [String] = []) {
    // As `make build` lays them out, and as `make install` does.
    candidates = executable.map { ["\($0.parentDirectory)/../plugins", "\($0.parentDirectory)/../lib/jackfield/plugins"] } ?? []
    excluded = dropIn
  }

  /// Whether a plugin lies there, by its real path.
  func holds(_ plugin: String) -> Bool {
    guard let path = FilePaths.real(plugin) else { return false }
    let foreign = excluded.compactMap(FilePaths.real)
    return candidates.compactMap(FilePaths.real).contains { !foreign.contains($0) && path.hasPrefix($0 + "/") }
  }
}
