// SPDX-License-Identifier: Apache-2.0

internal import SQLite

/// One read-only connection. Sendable, because the pool lends it to one query at a time, and interrupting is allowed to all.
final class Reader: @unchecked Sendable {
  private let database: Database

  init(path: String) throws {
    database = try Database(path: path, access: .readOnly)
    try database.execute("PRAGMA query_only = ON; PRAGMA cache_size = -8000")
  }

  /// Runs queries that all see the database as it is at the first of them.
  func snapshot<Result>(_ body: (Database) throws -> Result) throws -> Result {
    try database.transaction(.deferred) { try body(database) }
  }

  /// Breaks the running query off.
  func interrupt() { database.interrupter.interrupt() }
}
