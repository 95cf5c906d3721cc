// SPDX-License-Identifier: Apache-2.0

internal import FoundationEssentials
internal import PluginSDK

/// The directories a test host lends its plugin, below one temporary directory.
final class TestDirectories: Sendable {
  let root: String
  private let library: String?

  /// - Parameter library: Where the plugin's own files lie; without it an empty directory stands for that.
  init(library: String? = nil) throws {
    self.library = library
    let url = FileManager.default.temporaryDirectory.appending(path: "jackfield-test-\(UUID().uuidString)")
    root = url.path()
    for kind in ["data", "state", "runtime", "library"] {
      try FileManager.default.createDirectory(at: url.appending(path: kind), withIntermediateDirectories: true)
    }
  }

  func path(_ kind: DirectoryKind) -> String {
    if kind == .library, let library { return library }
    return "\(root)/\(kind)"
  }

  func remove() {
    // Gone already, or held by the plugin: a leftover in the temporary directory harms nobody.
    try? FileManager.default.removeItem(atPath: root)
  }
}
