// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import JSON
import PluginSDK
import SQLite
import SmallDisk
import Testing

@testable import Store

/// From version 1, with the rows that the release of that version made of a real trainer's conversation.
@Suite struct MigrationTests {
  private let ingest: IngestHarness
  private var path: String { ingest.directory + "/old.sqlite" }
  private var copy: String { path + ".v1" }

  init() throws { ingest = try IngestHarness() }

  private func makeOldFile() throws {
    let database = try Database(path: path)
    _ = try database.text("PRAGMA journal_mode = WAL")
    try database.execute(Migrations.all[0] + "; PRAGMA user_version = 1")
    try database.transaction {
      try database.execute(try String(contentsOfFile: fixture("../Fixtures/store-version-1.sql"), encoding: .utf8))
    }
  }

  private func integrity(_ path: String) throws -> String? { try Database(path: path, access: .readOnly).text("PRAGMA integrity_check") }

  private static let contents = [
    "SELECT runs.name, step, path, kind, ts FROM checkpoints JOIN runs ON runs.id = run ORDER BY 1, 2, 3",
    "SELECT runs.name, seq, label, source, step, avg_loss, checkpoint, ts FROM tests JOIN runs ON runs.id = run ORDER BY seq",
    "SELECT runs.name, seq, step, loss, ts FROM test_steps JOIN runs ON runs.id = run ORDER BY 1, 2",
    "SELECT runs.name, seq, path, rows, ts FROM artifacts JOIN runs ON runs.id = run ORDER BY seq",
    "SELECT session, seq, kind FROM events ORDER BY 1, 2",
    """
    SELECT runs.name, metric_names.name, level, bucket, count, min, min_step, max, max_step, first, first_step, last, pyramid.last_step
    FROM pyramid JOIN runs ON runs.id = run JOIN metric_names ON metric_names.id = metric ORDER BY 1, 2, 3, 4
    """,
  ]

  @Test func everyTableIsAsIfItHadAlwaysBeenThere() throws {
    try makeOldFile()
    let database = try Schema.open(path: path)
    #expect(try database.integer("PRAGMA user_version") == Migrations.current)
    #expect(try database.text("PRAGMA integrity_check") == "ok")
    for event in try capturedEvents() { try ingest.take(event) }
    try ingest.commit()
    for sql in Self.contents { #expect(try IngestHarness.rows(sql, database) == ingest.rows(sql)) }
    #expect(try PyramidReference(database).differences(database) == [])
    // Read from the capture by hand.
    #expect(
      try IngestHarness.rows("SELECT label, source, step, avg_loss FROM tests LIMIT 2", database)
        == ["final|manual|0|0.565886616706848", "probe|me|0|0.565886616706848"])
    #expect(try database.integer("SELECT count(*) FROM artifacts") == 6)
    #expect(
      try IngestHarness.rows(
        "SELECT path, kind FROM checkpoints JOIN runs ON runs.id = run WHERE name = 'baseline' ORDER BY step", database)
        == ["/home/ada/runs/ck/demo__baseline__step29.pt|pause", "/home/ada/runs/ck/demo__baseline__step30.pt|pause"])
    while try LogIndex.advance(database) {}
    #expect(try database.integer("SELECT count(*) FROM logs_text WHERE logs_text MATCH '\"train_loss\"'") == 28)
  }

  @Test func aCopyOfTheOldFileIsKept() throws {
    try makeOldFile()
    let before = try Database(path: path).integer("SELECT count(*) FROM metrics")
    _ = try Schema.open(path: path)
    let kept = try Database(path: copy, access: .readOnly)
    #expect(try kept.integer("PRAGMA user_version") == 1)
    #expect(try kept.integer("SELECT count(*) FROM metrics") == before)
    #expect(try integrity(copy) == "ok")
    #expect(!FileManager.default.fileExists(atPath: copy + ".partial"))
    // A file that is up to date is not copied.
    try FileManager.default.removeItem(atPath: copy)
    _ = try Schema.open(path: path)
    #expect(!FileManager.default.fileExists(atPath: copy))
  }

  @Test func aMigrationThatIsKilledLeavesTheOldFileWhole() throws {
    try makeOldFile()
    let killed = try Database(path: path)
    try killed.begin()
    try Schema.takeStep(from: 1, killed)
    // What a kill leaves behind: the files as they are now, with an open transaction.
    let left = ingest.directory + "/left.sqlite"
    for suffix in ["", "-wal"] { try FileManager.default.copyItem(atPath: path + suffix, toPath: left + suffix) }
    // And the copy that the start before was writing.
    try Data("half a file".utf8).write(to: URL(filePath: left + ".v1.partial"))
    let found = try Database(path: left)
    #expect(try found.integer("PRAGMA user_version") == 1)
    #expect(try found.integer("SELECT count(*) FROM sqlite_schema WHERE name = 'pyramid'") == 0)
    #expect(try found.text("PRAGMA integrity_check") == "ok")
    let migrated = try Schema.open(path: left)
    #expect(try PyramidReference(migrated).differences(migrated) == [])
    #expect(try integrity(left + ".v1") == "ok")
    #expect(!FileManager.default.fileExists(atPath: left + ".v1.partial"))
  }

  @Test func withoutACopyNothingIsTouched() throws {
    try makeOldFile()
    // A directory with something in it, in the copy's place: no file can take it.
    try FileManager.default.createDirectory(atPath: copy + "/full", withIntermediateDirectories: true)
    let before = try Data(contentsOf: URL(filePath: path))
    let error = #expect(throws: PluginFailure.self) { try Schema.open(path: path) }
    #expect(
      error?.message == """
        cannot bring the database '\(path)' from schema 1 to \(Migrations.current): the copy that is kept beside it, '\(copy)', cannot be written: \
        Is a directory; nothing was changed; make room for a second file of its size and start again
        """)
    #expect(try Data(contentsOf: URL(filePath: path)) == before)
    #expect(try Database(path: path).integer("PRAGMA user_version") == 1)
    #expect(!FileManager.default.fileExists(atPath: copy + ".partial"))
  }

  /// A disk with the old file on it, and room for so many of its sizes in all.
  private func smallDisk(sizes: Double) throws -> SmallDisk {
    try makeOldFile()
    try Database(path: path).checkpoint(.truncate)
    let size = try Data(contentsOf: URL(filePath: path)).count
    let disk = try SmallDisk(kilobytes: Int(Double(size) * sizes) >> 10)
    try FileManager.default.copyItem(atPath: path, toPath: disk.path + "/jackfield.sqlite")
    return disk
  }

  @Test(.enabled(if: SmallDisk.isPossible, "a small file system cannot be mounted here"))
  func withoutRoomForTheMigrationTheOldFileIsWhole() throws {
    let disk = try smallDisk(sizes: 2.6)
    let full = disk.path + "/jackfield.sqlite"
    let error = #expect(throws: PluginFailure.self) { try Schema.open(path: full) }
    #expect(error?.code == "no_room")
    #expect(
      error?.message == """
        cannot bring the database '\(full)' from schema 1 to 2: database or disk is full; nothing was changed; free space and start again
        """)
    let left = try Database(path: full)
    #expect(try left.integer("PRAGMA user_version") == 1)
    #expect(try left.text("PRAGMA integrity_check") == "ok")
    #expect(try integrity(full + ".v1") == "ok")
  }

  @Test(.enabled(if: SmallDisk.isPossible, "a small file system cannot be mounted here"))
  func withoutRoomForACopyNothingIsTouched() throws {
    let disk = try smallDisk(sizes: 1.7)
    let full = disk.path + "/jackfield.sqlite"
    let before = try Data(contentsOf: URL(filePath: full))
    let error = #expect(throws: PluginFailure.self) { try Schema.open(path: full) }
    #expect(error?.code == "no_copy")
    #expect(error?.message.contains("nothing was changed; make room for a second file of its size and start again") == true)
    #expect(try Data(contentsOf: URL(filePath: full)) == before)
    #expect(try FileManager.default.contentsOfDirectory(atPath: disk.path) == ["jackfield.sqlite"])
  }
}
