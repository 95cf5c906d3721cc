// SPDX-License-Identifier: Apache-2.0

internal import FoundationEssentials
internal import PluginSDK
internal import SQLite

/// The copy of a database that is kept beside it before its schema is changed.
enum SafeCopy {
  /// Where the copy of a version lies.
  static func path(of database: String, version: Int64) -> String { "\(database).v\(version)" }

  /// Copies a database as it is now. A copy of the same version from before is replaced once the new one is whole.
  ///
  /// - Throws: `PluginFailure` when it cannot be made; then nothing was changed.
  static func make(of database: Database, version: Int64) throws {
    let kept = path(of: database.path, version: version)
    let partial = kept + ".partial"
    do {
      try? FileManager.default.removeItem(atPath: partial)  // of a start that was cut off; when it cannot go, the copy below says why
      let copy = try database.prepare("VACUUM INTO ?")
      try copy.bind(1, partial)
      try copy.run()
      try publish(partial, as: kept)
    } catch {
      try? FileManager.default.removeItem(atPath: partial)  // half a copy is of no use to anybody
      throw refusal(database.path, version, kept, error)
    }
  }

  private static func refusal(_ path: String, _ version: Int64, _ kept: String, _ error: any Error) -> PluginFailure {
    let reason = (error as? SQLiteError)?.message ?? "\(error)"
    return PluginFailure(
      "cannot bring the database '\(path)' from schema \(version) to \(Migrations.current): the copy that is kept beside it, '\(kept)', "
        + "cannot be written: \(reason); nothing was changed; make room for a second file of its size and start again",
      code: "no_copy")
  }
}
