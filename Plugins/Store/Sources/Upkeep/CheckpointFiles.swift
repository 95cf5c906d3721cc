// SPDX-License-Identifier: Apache-2.0

internal import SQLite

/// Where kept checkpoints lie: below the data directory, so that the directory can be moved with its database.
struct CheckpointFiles: Sendable {
  /// Absolute.
  let directory: String

  init(data: String) { directory = data + "/checkpoints" }

  /// The path of a kept file by what the `kept` column has.
  func path(_ kept: String) -> String { kept.hasPrefix("/") ? kept : "\(directory)/\(kept)" }

  /// Whether a kept file is there, and still is what was kept as far as a look can tell.
  func isIntact(_ kept: String) -> Bool {
    guard let facts = FileFacts(path: path(kept)), facts.isRegular else { return false }
    return KeptName(kept)?.isIntact(facts) ?? true
  }

  /// The file of a checkpoint that can be used now: the trainer's own, or else the kept one. A relative path leads nowhere.
  func usable(path: String, kept: String?) -> String? {
    if Self.exists(path) { return path }
    guard let kept, isIntact(kept) else { return nil }
    return self.path(kept)
  }

  /// Whether the trainer's own file is there.
  static func exists(_ path: String) -> Bool { path.hasPrefix("/") && FileFacts(path: path)?.isRegular == true }

  /// Removes those of the files that no row names any more. On the writer's thread, outside a transaction, so that no row can come meanwhile.
  func removeUnreferenced(_ kept: some Sequence<String>, _ database: Database) throws {
    // A name that is not of our making is a path we have no business with.
    for name in kept where KeptName(name) != nil {
      let isNamed = try database.first("SELECT 1 FROM checkpoints WHERE kept = ?1 LIMIT 1", [.text(name)]) { _ in true }
      if isNamed != true { FileTools.remove(path(name)) }
    }
  }

  /// Removes what an end in the middle of a copy left.
  func removePartial() {
    for name in FileTools.names(in: directory) where name.hasSuffix(FileTools.temporarySuffix) {
      FileTools.remove("\(directory)/\(name)")
    }
  }
}
