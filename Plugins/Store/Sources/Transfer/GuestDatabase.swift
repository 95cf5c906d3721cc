// SPDX-License-Identifier: Apache-2.0

internal import FoundationEssentials
internal import PluginSDK
internal import SQLite

/// A database that came from outside, judged before a row of it is used: its schema must be letter by letter one that this store has had,
/// so there is nothing in it that runs.
///
/// One that is older, or of the earlier dashboard, is turned into today's schema in a copy beside it.
final class GuestDatabase {
  /// The file to read: today's schema, sound.
  let path: String
  private let isOurs: Bool

  /// Judges a file.
  ///
  /// - Parameter format: `jackfield` or `onthefly`.
  init(path: String, format: String) throws {
    let guest = try Self.open(path)
    if format == "onthefly" {
      self.path = path + ".converted"
      isOurs = true
      TransferFiles.removeDatabase(self.path)
      try OnTheFlyReader.convert(path, into: self.path)
      return
    }
    let version = try Self.version(of: guest, path)
    try Self.compareSchema(guest, version, path)
    isOurs = version < Migrations.current
    self.path = isOurs ? path + ".migrated" : path
    if isOurs { try migrate(path, from: version) }
  }

  deinit {
    if isOurs { TransferFiles.removeDatabase(path) }
  }

  /// Opens a file read-only and has the library look at every page of it.
  static func open(_ path: String) throws -> Database {
    do {
      let database = try Database(path: path, access: .readOnly)
      try database.execute("PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON; PRAGMA query_only = ON")
      let found = try database.text("PRAGMA integrity_check(1)") ?? "no answer"
      guard found == "ok" else { throw refusal(path, "it is damaged: \(found)") }
      return database
    } catch let error as SQLiteError {
      throw refusal(path, error.code == .notADatabase ? "it is some other kind of file" : "it is damaged: \(error.message)")
    }
  }

  static func refusal(_ path: String, _ reason: String, code: String = "bad_database") -> PluginFailure {
    let name = path.split(separator: "/").last.map(String.init) ?? path
    return PluginFailure("cannot import the database '\(name)': \(reason); nothing was imported", code: code, status: .invalid)
  }

  private static func version(of guest: Database, _ path: String) throws -> Int64 {
    let version = try guest.integer("PRAGMA user_version") ?? 0
    guard version <= Migrations.current else {
      throw refusal(
        path, "its schema is version \(version) and this build knows up to \(Migrations.current): update Jackfield", code: "schema_too_new")
    }
    guard version >= 1 else { throw refusal(path, "it is no database of runs") }
    return version
  }

  private static func compareSchema(_ guest: Database, _ version: Int64, _ path: String) throws {
    let model = try Database(path: ":memory:")
    try Schema.bring(model, to: version)
    let expected = try objects(of: model)
    let found = try objects(of: guest)
    if let odd = found.sorted(by: { $0.key < $1.key }).first(where: { expected[$0.key] != $0.value }) {
      let shown = odd.key.prefix(100)
      throw refusal(
        path, expected[odd.key] == nil ? "it holds the \(shown), which no bundle has" : "its \(shown) is not as this store makes it")
    }
    if let missing = expected.keys.sorted().first(where: { found[$0] == nil }) { throw refusal(path, "it has no \(missing)") }
  }

  /// What a schema is made of: kind and name, and the text that made it.
  ///
  /// The tables behind the full-text index are the library's own and differ with its version; they are neither read nor written.
  private static func objects(of database: Database) throws -> [String: String] {
    var found: [String: String] = [:]
    try database.prepare("SELECT type, name, sql FROM sqlite_master WHERE name NOT GLOB 'logs_text_*'").forEachRow { row in
      found["\(row.text(0) ?? "") '\(row.text(1) ?? "")'"] = row.text(2) ?? ""
    }
    return found
  }

  private func migrate(_ original: String, from version: Int64) throws {
    TransferFiles.removeDatabase(path)
    try FileManager.default.copyItem(atPath: original, toPath: path)
    let copy = try Database(path: path)
    try copy.execute("PRAGMA trusted_schema = OFF")
    try Schema.bring(copy, from: version)
  }
}
