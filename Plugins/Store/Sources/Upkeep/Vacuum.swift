// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import PluginSDK
internal import SQLite

/// `store.vacuum`: writes the database file anew without the room that deleted rows left. Nothing is written to it meanwhile.
enum Vacuum {
  static func run(_ database: Database, _ call: Call) throws -> JSONValue {
    let before = size(of: database.path)
    try requireRoom(database)
    call.progress(0.1, "rewriting \(before / 1_048_576) MiB")
    // The copy goes through a temporary file: in memory it would take as much of it as the database has bytes.
    try database.execute("PRAGMA temp_store = FILE")
    defer { try? database.execute("PRAGMA temp_store = MEMORY") }  // the writer's setting; were it to fail, only speed would suffer
    try database.execute("VACUUM")
    call.progress(0.9, "moving the log into the file")
    try database.checkpoint(.truncate)
    let after = size(of: database.path)
    return ["bytes_before": .integer(before), "bytes_after": .integer(after), "freed": .integer(max(0, before - after))]
  }

  /// The new file goes once into a temporary one, and once into the log beside the database.
  private static func requireRoom(_ database: Database) throws {
    let pages = try database.integer("PRAGMA page_count") ?? 0
    let unused = try database.integer("PRAGMA freelist_count") ?? 0
    let bytes = (pages - unused) * (try database.integer("PRAGMA page_size") ?? 0)
    do {
      try FileTools.requireRoom(bytes, at: database.path + "-wal")
      try FileTools.requireRoom(bytes, at: temporaryDirectory() + "/a temporary file")
    } catch let problem as FileProblem {
      throw PluginFailure("cannot compact the database: \(problem)", code: "disk_full", retryable: true)
    }
  }

  /// Where SQLite puts temporary files.
  private static func temporaryDirectory() -> String {
    let named = [environment("SQLITE_TMPDIR"), environment("TMPDIR")].compactMap(\.self)
    return (named + ["/var/tmp", "/usr/tmp", "/tmp"]).first { FileFacts(path: $0)?.isDirectory == true } ?? "/tmp"
  }

  private static func size(of path: String) -> Int64 { (FileFacts(path: path)?.bytes ?? 0) + (FileFacts(path: path + "-wal")?.bytes ?? 0) }
}
