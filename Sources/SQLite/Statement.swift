// SPDX-License-Identifier: Apache-2.0

internal import CSQLite

/// One compiled statement: bind, step, read columns, reset. Parameters count from 1, columns from 0.
@safe
public final class Statement {
  let handle: OpaquePointer
  /// Kept, because the library needs it to say what went wrong. Unowned would do but for statements the caller keeps.
  private let connection: OpaquePointer

  init(_ sql: String, in database: Database) throws(SQLiteError) {
    var compiled: OpaquePointer?
    // PERSISTENT: nearly all of ours are kept and run again.
    let result = unsafe sqlite3_prepare_v3(database.handle, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &compiled, nil)
    try database.check(result, "prepare", sql)
    guard let statement = unsafe compiled else {
      throw SQLiteError(code: .error, message: "there is no statement in the text", operation: "prepare", sql: sql)
    }
    unsafe self.handle = statement
    unsafe self.connection = database.handle
  }

  deinit {
    unsafe sqlite3_finalize(handle)
  }

  /// The statement's text.
  public var sql: String {
    unsafe sqlite3_sql(handle).map { unsafe String(cString: $0) } ?? ""
  }

  /// Advances to the next row.
  ///
  /// - Returns: Whether there is a row to read; false at the end, and then the statement may be reset and run again.
  public func step() throws(SQLiteError) -> Bool {
    let result = unsafe sqlite3_step(handle)
    if result == SQLITE_ROW { return true }
    if result == SQLITE_DONE { return false }
    throw failure(result, "run")
  }

  /// Runs to the end and resets, for statements whose rows do not matter.
  public func run() throws(SQLiteError) {
    var result = unsafe sqlite3_step(handle)
    while result == SQLITE_ROW { result = unsafe sqlite3_step(handle) }
    guard result == SQLITE_DONE else {
      let error = failure(result, "run")
      reset()
      throw error
    }
    reset()
  }

  /// Makes the statement ready to run again; parameters stay bound.
  public func reset() {
    // The code repeats the failure of the last step, which was thrown then.
    _ = unsafe sqlite3_reset(handle)
  }

  /// Forgets all parameters: each becomes NULL.
  public func clearBindings() {
    _ = unsafe sqlite3_clear_bindings(handle)
  }

  /// Runs the statement and calls `row` for each row, then resets.
  public func forEachRow(_ row: (Statement) throws -> Void) throws {
    defer { reset() }
    while try step() { try row(self) }
  }

  func failure(_ result: Int32, _ operation: String) -> SQLiteError {
    unsafe SQLiteError.current(of: connection, result: result, operation: operation, sql: sql)
  }
}
