// SPDX-License-Identifier: Apache-2.0

internal import CSQLite

/// One connection to a database file; closes itself when released.
///
/// A connection and its statements belong to one thread at a time; only `interrupter` may be used from others.
@safe
public final class Database {
  /// What the connection may do with the file.
  public enum Access: Sendable {
    /// Reads and writes; makes the file when it is missing.
    case readWrite
    /// Reads a file that must exist.
    case readOnly
  }

  /// The file's path.
  public let path: String
  /// Breaks off whatever the connection is doing, from any thread.
  public let interrupter: Interrupter

  let handle: OpaquePointer
  private var cache: [String: Statement] = [:]

  /// Opens a database file.
  ///
  /// - Parameters:
  ///   - path: The file. A new one is made readable and writable by its owner, as far as the umask allows.
  ///   - access: What the connection may do.
  ///   - busyTimeoutMs: How long a locked database is waited for before `SQLiteError.Code.busy`.
  public init(path: String, access: Access = .readWrite, busyTimeoutMs: Int32 = 5_000) throws(SQLiteError) {
    let mode = access == .readOnly ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
    var opened: OpaquePointer?
    // NOMUTEX: one thread at a time is this type's rule, so the library need not lock at every call.
    let result = unsafe sqlite3_open_v2(path, &opened, mode | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nil)
    guard result == SQLITE_OK, let connection = unsafe opened else {
      let error = unsafe SQLiteError.current(of: opened, result: result, operation: "open database", sql: path)
      unsafe sqlite3_close_v2(opened)
      throw error
    }
    self.path = path
    unsafe self.handle = connection
    unsafe self.interrupter = Interrupter(connection)
    unsafe sqlite3_busy_timeout(connection, busyTimeoutMs)
  }

  deinit {
    interrupter.invalidate()
    cache.removeAll()
    // v2: a statement that somebody still holds keeps the connection half alive until it goes, instead of leaking it.
    unsafe sqlite3_close_v2(handle)
  }

  /// Changes how long a locked database is waited for.
  public func setBusyTimeout(milliseconds: Int32) {
    unsafe sqlite3_busy_timeout(handle, milliseconds)
  }

  /// Compiles one statement; the caller keeps it.
  public func prepare(_ sql: String) throws(SQLiteError) -> Statement {
    try Statement(sql, in: self)
  }

  /// Gives a compiled statement, reset and without parameters, from the connection's cache.
  ///
  /// Two uses of the same text must not overlap; `prepare` makes one of its own.
  public func cached(_ sql: String) throws(SQLiteError) -> Statement {
    if let statement = cache[sql] {
      statement.reset()
      statement.clearBindings()
      return statement
    }
    let statement = try Statement(sql, in: self)
    cache[sql] = statement
    return statement
  }

  /// Runs statements separated by semicolons, without parameters and without looking at rows.
  public func execute(_ sql: String) throws(SQLiteError) {
    let result = unsafe sqlite3_exec(handle, sql, nil, nil, nil)
    try check(result, "run", sql)
  }

  /// The number of rows the last statement inserted, changed or deleted.
  public var changes: Int { unsafe Int(sqlite3_changes64(handle)) }

  /// The rowid of the last insert.
  public var lastInsertedRow: Int64 { unsafe sqlite3_last_insert_rowid(handle) }

  /// The first column of the first row as an integer, or nil when there is none.
  public func integer(_ sql: String) throws(SQLiteError) -> Int64? {
    let statement = try cached(sql)
    defer { statement.reset() }
    return try statement.step() ? statement.integer(0) : nil
  }

  /// The first column of the first row as text, or nil when there is none.
  public func text(_ sql: String) throws(SQLiteError) -> String? {
    let statement = try cached(sql)
    defer { statement.reset() }
    return try statement.step() ? statement.text(0) : nil
  }

  /// Turns a result code into an error, on the line after the call that gave it.
  func check(_ result: Int32, _ operation: @autoclosure () -> String, _ sql: @autoclosure () -> String) throws(SQLiteError) {
    guard result != SQLITE_OK else { return }
    throw unsafe SQLiteError.current(of: handle, result: result, operation: operation(), sql: sql())
  }
}

extension SQLiteError {
  /// The error a connection stands in, put into words.
  static func current(of connection: OpaquePointer?, result: Int32, operation: String, sql: String) -> SQLiteError {
    let words = unsafe connection.flatMap { unsafe sqlite3_errmsg($0) } ?? sqlite3_errstr(result)
    let message = unsafe words.map { unsafe String(cString: $0) } ?? "result \(result)"
    return SQLiteError(
      code: Code(rawValue: result & 0xff), extendedCode: result, message: message, operation: operation, sql: sql)
  }
}
