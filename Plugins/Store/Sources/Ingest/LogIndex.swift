// SPDX-License-Identifier: Apache-2.0

internal import SQLite

/// The full-text index of log lines: filled behind the writing, in portions, so that a flood of lines is stored no slower for it.
///
/// The index holds no text of its own; a line that leaves `logs` must leave it first, with the very text that was indexed.
enum LogIndex {
  /// Lines and characters of one portion, but at least one line: a few milliseconds.
  private static let limit = (lines: 1_000, characters: 200_000)

  /// Indexes the next lines, in a transaction of its own.
  ///
  /// - Returns: Whether there may be more, because the portion was a full one.
  static func advance(_ database: Database) throws -> Bool {
    try database.transaction {
      let from = try database.integer("SELECT last FROM logs_indexed") ?? 0
      guard let (to, isFull) = try portion(behind: from, database) else { return false }
      let insert = try database.cached("INSERT INTO logs_text(rowid, text) SELECT id, text FROM logs WHERE id > ? AND id <= ?")
      try insert.bind(1, from)
      try insert.bind(2, to)
      try insert.run()
      try setLast(to, database)
      return isFull
    }
  }

  /// The last line of the portion behind a line, and whether it is a full one; nil when there is nothing.
  private static func portion(behind last: Int64, _ database: Database) throws(SQLiteError) -> (last: Int64, isFull: Bool)? {
    let select = try database.cached("SELECT id, length(text) FROM logs WHERE id > ? ORDER BY id LIMIT \(limit.lines)")
    defer { select.reset() }
    try select.bind(1, last)
    var end: Int64?
    var (lines, characters) = (0, Int64(0))
    while characters < limit.characters, try select.step() {
      end = select.integer(0)
      lines += 1
      characters += select.integer(1) ?? 0
    }
    return end.map { ($0, lines == limit.lines || characters >= limit.characters) }
  }

  /// Takes a run's lines out. To be called before they are deleted from `logs`, in the same transaction.
  static func remove(run: Int64, in database: Database) throws(SQLiteError) {
    try remove(where: "run = ?1", run, database)
  }

  /// Takes the lines of a session out, as `remove(run:in:)` does.
  static func remove(session: Int64, in database: Database) throws(SQLiteError) {
    try remove(where: "session = ?1", session, database)
  }

  private static func remove(where gone: String, _ row: Int64, _ database: Database) throws(SQLiteError) {
    let delete = try database.cached(
      """
      INSERT INTO logs_text(logs_text, rowid, text)
      SELECT 'delete', id, text FROM logs WHERE \(gone) AND id <= (SELECT last FROM logs_indexed)
      """)
    try delete.bind(1, row)
    try delete.run()
  }

  /// Sees to it that the numbers of lines that went count as not indexed, because they are given out again. To be called before another
  /// line is stored.
  static func settle(_ database: Database) throws(SQLiteError) {
    try database.execute(
      "UPDATE logs_indexed SET last = (SELECT coalesce(max(id), 0) FROM logs) WHERE last > (SELECT coalesce(max(id), 0) FROM logs)")
  }

  private static func setLast(_ last: Int64, _ database: Database) throws(SQLiteError) {
    let update = try database.cached("UPDATE logs_indexed SET last = ?")
    try update.bind(1, last)
    try update.run()
  }
}
