// SPDX-License-Identifier: Apache-2.0

/// What imports leave in the directory of bundles when their process is killed.
enum Leftovers {
  /// Removes it, unless an import is at work there: then all of it waits for the next start.
  ///
  /// - Returns: The names of what was removed.
  @discardableResult
  static func sweep(_ bundles: String) -> [String] {
    // An import of a plugin that is being replaced may go on beside its successor's start.
    guard FileSystem.kind(of: bundles) == .directory, let lock = DirectoryLock.exclusive(bundles) else { return [] }
    defer { withExtendedLifetime(lock) {} }
    let names = ((try? FileSystem.names(in: bundles)) ?? []).filter { $0.hasPrefix(".incoming.partial-") }
    for name in names { FileSystem.remove("\(bundles)/\(name)") }
    return names
  }
}
