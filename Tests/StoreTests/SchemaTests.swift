// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import Glibc
import JSON
import PluginSDK
import SQLite
import Testing

@testable import Store

@Suite final class SchemaTests {
  private let directory: String
  private var path: String { directory + "/jackfield.sqlite" }

  init() throws {
    directory = "/tmp/jackfield-schema-\(UInt64.random(in: 0 ... .max))"
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: false)
  }

  deinit { try? FileManager.default.removeItem(atPath: directory) }

  @Test func aNewFileGetsTodaysSchemaInWAL() throws {
    let database = try Schema.open(path: path)
    #expect(try database.integer("PRAGMA user_version") == Migrations.current)
    #expect(try database.text("PRAGMA journal_mode") == "wal")
    #expect(try database.integer("PRAGMA synchronous") == 1)
  }

  @Test func openingAgainChangesNothing() throws {
    try Schema.open(path: path).execute("INSERT INTO runs(name) VALUES ('kept')")
    #expect(try Schema.open(path: path).text("SELECT name FROM runs") == "kept")
  }

  @Test func aNewerSchemaIsRefusedAndUntouched() throws {
    try Database(path: path).execute("CREATE TABLE t(i); PRAGMA user_version = 99")
    let before = try Data(contentsOf: URL(filePath: path))
    let error = #expect(throws: PluginFailure.self) { try Schema.open(path: path) }
    #expect(
      error?.message == """
        cannot use the database '\(path)': its schema is version 99 and this build knows up to 3; update Jackfield, or move the file away \
        to begin a new one
        """)
    #expect(try Data(contentsOf: URL(filePath: path)) == before)
    #expect(try FileManager.default.contentsOfDirectory(atPath: directory) == ["jackfield.sqlite"])
  }

  @Test func anotherKindOfFileIsRefusedAndUntouched() throws {
    let text = Data(String(repeating: "this is no database\n", count: 100).utf8)
    try text.write(to: URL(filePath: path))
    let error = #expect(throws: PluginFailure.self) { try Schema.open(path: path) }
    #expect(error?.code == "not_a_database")
    #expect(try Data(contentsOf: URL(filePath: path)) == text)
  }

  /// Events before the kill are there after it, and the same events again add nothing.
  @Test func aKilledWritersCommitsSurvive() throws {
    func insert(_ events: ClosedRange<Int>, into database: Database, commit: Bool) throws -> EventInserter.Counts {
      let inserter = try EventInserter(database, metricNamesPerRun: 10)
      try database.begin()
      for number in events { try inserter.insert(Array(step(number, seq: number).serialized().utf8).span) }
      _ = try inserter.ledger.flush()
      if commit { try database.commit() }
      return inserter.counts
    }
    let killed = try Schema.open(path: path)
    _ = try insert(1...10, into: killed, commit: true)
    _ = try insert(11...15, into: killed, commit: false)
    // What a kill leaves behind: the files as they are now, with an open transaction and the log not moved.
    let copy = directory + "/copy.sqlite"
    for suffix in ["", "-wal"] { try FileManager.default.copyItem(atPath: path + suffix, toPath: copy + suffix) }
    let reopened = try Schema.open(path: copy)
    #expect(try reopened.integer("SELECT steps FROM runs") == 10)
    let counts = try insert(1...15, into: reopened, commit: true)
    #expect(counts.duplicates == 10)
    #expect(counts.events == 5)
    #expect(try reopened.integer("SELECT steps FROM runs") == 15)
    #expect(try reopened.integer("SELECT count FROM run_metrics") == 15)
    #expect(try reopened.integer("SELECT count(*) FROM metrics") == 15)
  }
}
