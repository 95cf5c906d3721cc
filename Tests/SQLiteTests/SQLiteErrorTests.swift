// SPDX-License-Identifier: Apache-2.0

import SQLite
import Testing

@Suite struct SQLiteErrorTests {
  let directory = TemporaryDirectory()
  var path: String { directory.path + "/test.sqlite" }

  @Test func aMissingFileIsNotMadeForReading() throws {
    let error = #expect(throws: SQLiteError.self) { try Database(path: path, access: .readOnly) }
    #expect(error?.code == .cannotOpen)
    #expect(error?.description == "cannot open database '\(path)': unable to open database file")
  }

  @Test func aWrongStatementIsQuotedWithTheReason() throws {
    let database = try Database(path: path)
    let error = #expect(throws: SQLiteError.self) { try database.prepare("SELEKT 1") }
    #expect(error?.code == .error)
    #expect(error?.description == "cannot prepare 'SELEKT 1': near \"SELEKT\": syntax error")
  }

  @Test func emptyTextIsNoStatement() throws {
    let database = try Database(path: path)
    let error = #expect(throws: SQLiteError.self) { try database.prepare("  ") }
    #expect(error?.description == "cannot prepare '  ': there is no statement in the text")
  }

  @Test func constraintsAreNamed() throws {
    let database = try Database(path: path)
    try database.execute("CREATE TABLE t(i INTEGER PRIMARY KEY); INSERT INTO t VALUES (1)")
    let insert = try database.prepare("INSERT INTO t VALUES (1)")
    let error = #expect(throws: SQLiteError.self) { try insert.run() }
    #expect(error?.code == .constraint)
    #expect(error?.description == "cannot run 'INSERT INTO t VALUES (1)': UNIQUE constraint failed: t.i")
    #expect(error?.isTransient == false)
  }

  @Test func aStatementRunsAgainAfterItsFailure() throws {
    let database = try Database(path: path)
    try database.execute("CREATE TABLE t(i INTEGER PRIMARY KEY); INSERT INTO t VALUES (1)")
    let insert = try database.prepare("INSERT INTO t VALUES (?)")
    try insert.bind(1, Int64(1))
    #expect(throws: SQLiteError.self) { try insert.run() }
    try insert.bind(1, Int64(2))
    try insert.run()
    #expect(try database.integer("SELECT count(*) FROM t") == 2)
  }

  @Test func aParameterOutOfRangeIsNumbered() throws {
    let statement = try Database(path: path).prepare("SELECT ?")
    let error = #expect(throws: SQLiteError.self) { try statement.bind(2, Int64(1)) }
    #expect(error?.code == .range)
    #expect(error?.operation == "bind parameter 2 of")
  }

  @Test func aLockedDatabaseIsTransientlyBusy() throws {
    let first = try Database(path: path)
    try first.execute("CREATE TABLE t(i)")
    try first.begin()
    let second = try Database(path: path, busyTimeoutMs: 0)
    let error = #expect(throws: SQLiteError.self) { try second.begin() }
    #expect(error?.code == .busy)
    #expect(error?.isTransient == true)
  }

  @Test func aFullDatabaseIsTransient() throws {
    let database = try Database(path: path)
    try database.execute("PRAGMA max_page_count=3; CREATE TABLE t(b)")
    let error = #expect(throws: SQLiteError.self) { try database.execute("INSERT INTO t VALUES (zeroblob(100000))") }
    #expect(error?.code == .full)
    #expect(error?.isTransient == true)
  }

  @Test func aReadOnlyConnectionWritesNothing() throws {
    try Database(path: path).execute("CREATE TABLE t(i)")
    let error = #expect(throws: SQLiteError.self) {
      try Database(path: path, access: .readOnly).execute("INSERT INTO t VALUES (1)")
    }
    #expect(error?.code == .readOnly)
  }

  @Test func longStatementsAreCutInTheSentence() throws {
    let database = try Database(path: path)
    let error = #expect(throws: SQLiteError.self) { try database.execute("SELECT 1" + String(repeating: " ", count: 5_000) + "FROM t") }
    #expect(error.map { $0.description.utf8.count < 300 } == true)
    #expect(error?.sql.utf8.count == 5_014)
  }
}
