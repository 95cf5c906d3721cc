// SPDX-License-Identifier: Apache-2.0

internal import FoundationEssentials
internal import PluginSDK

/// The directories a test host lends its plugin, below one temporary directory.
final class TestDirectories: Sendable {
  let root: String

  init() throws {
    let url = FileManager.default.temporaryDirectory.appending(path: "jackfield-test-\(UUID().uuidString)")
    root = url.path()
    for kind in ["data", "state", "runtime", "library"] {
      try FileManager.default.createDirectory(at: url.appending(path: kind), withIntermediateDirectories: true)
    }
  }

  func path(_ kind: DirectoryKind) -> String { "\(root)/\(kind)" }

  func remove() {
    // Gone already, or held by the plugin: a leftover in the temporary directory harms nobody.
    try? FileManager.default.removeItem(atPath: root)
  }
}
