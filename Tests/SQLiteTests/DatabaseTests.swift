// SPDX-License-Identifier: Apache-2.0

import Glibc
import SQLite
import Testing

@Suite struct DatabaseTests {
  let directory = TemporaryDirectory()
  var path: String { directory.path + "/test.sqlite" }

  @Test func valuesComeBackAsTheyWent() throws {
    let database = try Database(path: path)
    try database.execute("CREATE TABLE t(i INTEGER, d REAL, s TEXT, b BLOB, n)")
    let insert = try database.prepare("INSERT INTO t VALUES (?, ?, ?, ?, ?)")
    try insert.bind(1, Int64.min)
    try insert.bind(2, 0.1)
    try insert.bind(3, "läuft\0weiter 🧪")
    try insert.bind(4, blob: [0, 255, 1])
    try insert.bindNull(5)
    try insert.run()
    let row = try database.prepare("SELECT i, d, s, b, n FROM t")
    #expect(try row.step())
    #expect(row.integer(0) == Int64.min)
    #expect(row.double(1) == 0.1)
    #expect(row.text(2) == "läuft\0weiter 🧪")
    #expect(row.blob(3) == [0, 255, 1])
    #expect(row.isNull(4) && row.integer(4) == nil && row.text(4) == nil && row.double(4) == nil)
    #expect(try !row.step())
  }

  @Test func emptyTextAndEmptyBytesAreNotNull() throws {
    let database = try Database(path: path)
    let statement = try database.prepare("SELECT ?1, ?2, ?3")
    try statement.bind(1, "")
    try statement.bind(2, blob: [])
    let nothing = UnsafeRawBufferPointer(start: nil, count: 0)
    try unsafe statement.bindBorrowed(3, text: nothing)
    #expect(try statement.step())
    #expect(statement.text(0) == "")
    #expect(statement.blob(1) == [])
    #expect(statement.text(2) == "")
  }

  @Test func borrowedTextIsReadWhereItLies() throws {
    let database = try Database(path: path)
    let statement = try database.prepare("SELECT upper(?)")
    let bytes = Array("loss".utf8)
    try unsafe bytes.withUnsafeBytes { buffer in
      try unsafe statement.bindBorrowed(1, text: buffer)
      #expect(try statement.step())
    }
    #expect(statement.text(0) == "LOSS")
  }

  @Test func notANumberBecomesNull() throws {
    let database = try Database(path: path)
    let statement = try database.prepare("SELECT ?")
    try statement.bind(1, Double.nan)
    #expect(try statement.step())
    #expect(statement.isNull(0))
  }

  @Test func cachedStatementsComeBackClean() throws {
    let database = try Database(path: path)
    let first = try database.cached("SELECT ?")
    try first.bind(1, Int64(7))
    #expect(try first.step())
    let second = try database.cached("SELECT ?")
    #expect(first === second)
    #expect(try second.step())
    #expect(second.isNull(0))
  }

  @Test func aStatementMayOutliveItsDatabase() throws {
    var database: Database? = try Database(path: path)
    let statement = try #require(try database?.prepare("SELECT 1"))
    database = nil
    #expect(try statement.step())
    #expect(statement.integer(0) == 1)
  }

  @Test func transactionsAreAllOrNothing() throws {
    struct Broken: Error {}
    let database = try Database(path: path)
    try database.execute("CREATE TABLE t(i)")
    try database.transaction { try database.execute("INSERT INTO t VALUES (1)") }
    #expect(throws: Broken.self) {
      try database.transaction {
        try database.execute("INSERT INTO t VALUES (2)")
        throw Broken()
      }
    }
    #expect(!database.isInTransaction)
    #expect(try database.integer("SELECT count(*) FROM t") == 1)
  }

  @Test func anOpenTransactionIsLostWithItsConnection() throws {
    var database: Database? = try Database(path: path)
    try database?.execute("CREATE TABLE t(i); BEGIN; INSERT INTO t VALUES (1)")
    database = nil
    #expect(try Database(path: path).integer("SELECT count(*) FROM t") == 0)
  }

  @Test func readersSeeTheStateBeforeTheWriterCommits() throws {
    let writer = try Database(path: path)
    #expect(try writer.text("PRAGMA journal_mode=WAL") == "wal")
    try writer.execute("CREATE TABLE t(i)")
    let reader = try Database(path: path, access: .readOnly)
    try writer.begin()
    try writer.execute("INSERT INTO t VALUES (1)")
    #expect(try reader.integer("SELECT count(*) FROM t") == 0)
    try writer.commit()
    #expect(try reader.integer("SELECT count(*) FROM t") == 1)
  }

  @Test func checkpointMovesTheLogIntoTheFile() throws {
    let database = try Database(path: path)
    _ = try database.text("PRAGMA journal_mode=WAL")
    try database.execute("CREATE TABLE t(i); INSERT INTO t VALUES (1)")
    #expect(try database.checkpoint(.truncate))
    var status = stat()
    #expect(stat(path + "-wal", &status) == 0)
    #expect(status.st_size == 0)
  }

  @Test func checkpointSaysWhenAReaderIsInTheWay() throws {
    let database = try Database(path: path, busyTimeoutMs: 0)
    _ = try database.text("PRAGMA journal_mode=WAL")
    try database.execute("CREATE TABLE t(i); INSERT INTO t VALUES (1)")
    let reader = try Database(path: path, access: .readOnly)
    try reader.execute("BEGIN; SELECT * FROM t")
    try database.execute("INSERT INTO t VALUES (2)")
    #expect(try !database.checkpoint(.truncate))
  }

  @Test func anInterruptBreaksARunningQueryOff() throws {
    let database = try Database(path: path)
    let endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n"
    let statement = try database.prepare(endless)
    #expect(try statement.step())
    database.interrupter.interrupt()
    let error = #expect(throws: SQLiteError.self) { while try statement.step() {} }
    #expect(error?.code == .interrupted)
  }

  @Test func anInterruptAfterTheEndIsHarmless() throws {
    let interrupter = try Database(path: path).interrupter
    interrupter.interrupt()
  }
}
