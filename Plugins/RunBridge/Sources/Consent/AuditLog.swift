// SPDX-License-Identifier: Apache-2.0

internal import SQLite

/// Writes down what runs ask of commands and people, and reads it.
struct AuditLog: Sendable {
  private let store: BridgeStore
  private let mostRows: Int64
  private let trouble: @Sendable (String) -> Void

  /// - Parameters:
  ///   - mostRows: Older ones go.
  ///   - trouble: Told in a sentence what could not be written.
  init(store: BridgeStore, mostRows: Int = 100_000, trouble: @escaping @Sendable (String) -> Void = { _ in }) {
    self.store = store
    self.mostRows = Int64(mostRows)
    self.trouble = trouble
  }

  /// Writes an entry, and waits until it stands.
  ///
  /// - Returns: Its number; nil when it could not be written, which was told.
  func write(_ entry: AuditEntry) async -> Int64? {
    do {
      return try await store.perform { [mostRows] in try Self.insert(entry, mostRows, $0) }
    } catch {
      trouble("cannot write the audit: \(error)")
      return nil
    }
  }

  /// Adds how it ended.
  func finish(_ number: Int64?, _ outcome: String, after duration: Duration) {
    guard let number else { return }
    store.note { database in
      let statement = try database.cached("UPDATE audit SET outcome = ?, milliseconds = ? WHERE number = ?")
      try statement.bind(1, outcome)
      try statement.bind(2, duration.milliseconds)
      try statement.bind(3, number)
      try statement.run()
    } failed: { [trouble] error in
      trouble("cannot write the audit: \(error)")
    }
  }

  private static func insert(_ entry: AuditEntry, _ mostRows: Int64, _ database: Database) throws -> Int64? {
    let statement = try database.cached(
      "INSERT INTO audit(time, run, run_name, what, detail, decision, outcome, milliseconds, by) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)")
    try statement.bind(1, entry.time)
    try statement.bind(2, entry.run)
    try statement.bind(3, entry.runName)
    try statement.bind(4, entry.what)
    try statement.bind(5, entry.detail)
    try statement.bind(6, entry.decision)
    try statement.bind(7, entry.outcome)
    try statement.bind(8, entry.milliseconds)
    try statement.bind(9, entry.by)
    try statement.run()
    let number = try database.integer("SELECT last_insert_rowid()")
    let trim = try database.cached("DELETE FROM audit WHERE number <= ?")
    try trim.bind(1, (number ?? 0) - mostRows)
    try trim.run()
    return number
  }

  /// - Returns: The newest first.
  func list(_ filter: AuditFilter) async throws -> [AuditEntry] {
    try await store.perform { try Self.read(filter, $0) }
  }

  private static func read(_ filter: AuditFilter, _ database: Database) throws -> [AuditEntry] {
    let statement = try database.cached(
      """
      SELECT number, time, run, run_name, what, decision, detail, outcome, milliseconds, by FROM audit
      WHERE (?1 IS NULL OR run = ?1) AND (?2 IS NULL OR detail = ?2) AND (?3 IS NULL OR substr(decision, 1, length(?3)) = ?3)
        AND (?4 IS NULL OR time >= ?4) AND (?5 IS NULL OR number < ?5)
      ORDER BY number DESC LIMIT ?6
      """)
    try statement.bind(1, filter.run)
    try statement.bind(2, filter.command)
    try statement.bind(3, filter.decision)
    try statement.bind(4, filter.since)
    try statement.bind(5, filter.before)
    try statement.bind(6, Int64(filter.limit))
    var found: [AuditEntry] = []
    try statement.forEachRow { found.append(entry($0)) }
    return found
  }

  private static func entry(_ row: Statement) -> AuditEntry {
    var entry = AuditEntry(
      number: row.presentInteger(0), time: row.presentDouble(1), run: row.text(2) ?? "", runName: row.text(3) ?? "",
      what: row.text(4) ?? "", decision: row.text(5) ?? "")
    (entry.detail, entry.outcome, entry.milliseconds, entry.by) = (row.text(6), row.text(7), row.double(8), row.text(9))
    return entry
  }
}

extension Duration {
  var milliseconds: Double {
    Double(components.seconds) * 1_000 + Double(components.attoseconds) / 1e15
  }
}
