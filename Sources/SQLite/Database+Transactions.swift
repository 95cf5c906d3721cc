// SPDX-License-Identifier: Apache-2.0

internal import CSQLite

extension Database {
  /// When a transaction takes the write lock.
  public enum Locking: String, Sendable {
    /// At the first write.
    case deferred = "DEFERRED"
    /// At once, so that it cannot fail half way for want of the lock.
    case immediate = "IMMEDIATE"
  }

  /// Begins a transaction.
  public func begin(_ locking: Locking = .immediate) throws(SQLiteError) {
    try cached("BEGIN \(locking.rawValue)").run()
  }

  /// Makes everything since `begin` durable.
  public func commit() throws(SQLiteError) {
    try cached("COMMIT").run()
  }

  /// Takes everything since `begin` back; nothing to do when the library has done so by itself.
  public func rollback() {
    guard isInTransaction else { return }
    // A failing ROLLBACK leaves no transaction either: the library ends it in every case.
    try? cached("ROLLBACK").run()
  }

  /// Whether a transaction is open.
  public var isInTransaction: Bool { unsafe sqlite3_get_autocommit(handle) == 0 }

  /// Runs `body` in a transaction: committed when it returns, taken back when it throws.
  public func transaction<Result>(_ locking: Locking = .immediate, _ body: () throws -> Result) throws -> Result {
    try begin(locking)
    do {
      let result = try body()
      try commit()
      return result
    } catch {
      rollback()
      throw error
    }
  }

  /// How far a checkpoint goes.
  public enum Checkpoint: Sendable {
    /// As far as readers allow, without waiting.
    case passive
    /// Everything, and the log file is cut to nothing.
    case truncate
  }

  /// Moves the write-ahead log into the database file.
  ///
  /// - Returns: Whether all of the log was moved.
  @discardableResult
  public func checkpoint(_ mode: Checkpoint) throws(SQLiteError) -> Bool {
    var frames: Int32 = 0
    var moved: Int32 = 0
    let number = mode == .passive ? SQLITE_CHECKPOINT_PASSIVE : SQLITE_CHECKPOINT_TRUNCATE
    let result = unsafe sqlite3_wal_checkpoint_v2(handle, nil, number, &frames, &moved)
    if result & 0xff == SQLITE_BUSY { return false }
    try check(result, "checkpoint", path)
    return frames == moved
  }
}
