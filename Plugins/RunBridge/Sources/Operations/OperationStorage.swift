// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import SQLite

/// Operations in the database.
struct OperationStorage {
  let database: Database

  private static let columns = """
    number, run, run_name, workspace, connection, operation, type, resume_token, name, body, announced, deadline, state, result, error, by, \
    ended, secret_hash
    """

  func lastNumber() throws -> Int { Int(try database.integer("SELECT max(number) FROM operations") ?? 0) }

  func insert(_ operation: KeptOperation) throws {
    let row = try database.cached(
      """
      INSERT INTO operations(number, run, run_name, workspace, connection, operation, type, resume_token, name, body, announced, deadline, state,
        size)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """)
    try row.bind(1, Int64(operation.number))
    try row.bind(2, operation.run)
    try row.bind(3, operation.runName)
    try row.bind(4, operation.workspace)
    try row.bind(5, operation.connection.map { Int64($0) })
    try row.bind(6, operation.operation)
    try row.bind(7, operation.type)
    try row.bind(8, operation.resumeToken)
    try row.bind(9, operation.name)
    try row.bind(10, operation.body.serialized())
    try row.bind(11, operation.announced)
    try row.bind(12, operation.deadline)
    try row.bind(13, operation.state.rawValue)
    try row.bind(14, Int64(operation.size))
    try row.run()
  }

  /// Writes down how it ended; the secret is of no more use.
  func end(_ operation: KeptOperation) throws {
    let row = try database.cached(
      "UPDATE operations SET state = ?, result = ?, error = ?, by = ?, ended = ?, size = size + ?, secret_hash = NULL WHERE number = ?")
    let result = operation.result?.serialized()
    try row.bind(1, operation.state.rawValue)
    try row.bind(2, result)
    try row.bind(3, operation.error)
    try row.bind(4, operation.by)
    try row.bind(5, operation.ended)
    try row.bind(6, Int64((result?.utf8.count ?? 0) + (operation.error?.utf8.count ?? 0)))
    try row.bind(7, Int64(operation.number))
    try row.run()
  }

  func change(_ number: Int, to state: OperationState) throws {
    let row = try database.cached("UPDATE operations SET state = ? WHERE number = ?")
    try row.bind(1, state.rawValue)
    try row.bind(2, Int64(number))
    try row.run()
  }

  func setSecret(_ hash: [UInt8], of number: Int) throws {
    let row = try database.cached("UPDATE operations SET secret_hash = ? WHERE number = ?")
    try row.bind(1, blob: hash)
    try row.bind(2, Int64(number))
    try row.run()
  }

  /// Forgets the oldest that are over.
  func prune(_ settings: OperationSettings) throws {
    let row = try database.cached(
      """
      DELETE FROM operations WHERE number IN (SELECT number FROM (
        SELECT number, row_number() OVER latest AS place, sum(size) OVER latest AS bytes FROM operations
        WHERE state NOT IN ('waiting', 'submitted') WINDOW latest AS (ORDER BY number DESC)) WHERE place > ? OR bytes > ?)
      """)
    try row.bind(1, Int64(settings.keptOperations))
    try row.bind(2, Int64(settings.keptBytes))
    try row.run()
  }

  // MARK: - Reading

  func open() throws -> [KeptOperation] {
    try rows("state IN ('waiting', 'submitted') ORDER BY number") { _ in }
  }

  func find(_ number: Int) throws -> KeptOperation? {
    try rows("number = ?") { try $0.bind(1, Int64(number)) }.first
  }

  /// Whether a run waited for something under a token.
  func knows(resumeToken: String, run: String) throws -> Bool {
    let row = try database.cached("SELECT 1 FROM operations WHERE run = ? AND resume_token = ?")
    try row.bind(1, run)
    try row.bind(2, resumeToken)
    defer { row.reset() }
    return try row.step()
  }

  /// The latest that is over and was named so by its script.
  func over(named name: String, run: String?) throws -> KeptOperation? {
    let condition = "(operation = ?1 OR resume_token = ?1) AND (?2 IS NULL OR run = ?2) AND state NOT IN ('waiting', 'submitted')"
    return try rows("\(condition) ORDER BY number DESC LIMIT 1") {
      try $0.bind(1, name)
      try $0.bind(2, run)
    }.first
  }

  /// The latest that are over, the latest first.
  func over(run: String?, states: Set<OperationState>, limit: Int) throws -> [KeptOperation] {
    let names = states.map(\.rawValue).sorted().map { "'\($0)'" }.joined(separator: ", ")
    return try rows("(?1 IS NULL OR run = ?1) AND state IN (\(names)) ORDER BY number DESC LIMIT ?2") {
      try $0.bind(1, run)
      try $0.bind(2, Int64(limit))
    }
  }

  private func rows(_ condition: String, _ bind: (Statement) throws -> Void) throws -> [KeptOperation] {
    let statement = try database.cached("SELECT \(Self.columns) FROM operations WHERE \(condition)")
    try bind(statement)
    var found: [KeptOperation] = []
    try statement.forEachRow { found.append(Self.operation($0)) }
    return found
  }

  private static func operation(_ row: Statement) -> KeptOperation {
    let body = row.text(9) ?? ""
    // A body that somebody spoiled in the file is an operation without one.
    let value = (try? JSONValue(parsing: body)) ?? .null
    let (announced, deadline) = (row.presentDouble(10), row.double(11))
    let timeout: Duration? = (value["timeoutMs"]?.doubleValue.map { $0 / 1_000 } ?? deadline.map { $0 - announced }).map {
      .bounded(seconds: $0)
    }
    return KeptOperation(
      number: Int(row.presentInteger(0)), run: row.text(1) ?? "", runName: row.text(2) ?? "", workspace: row.text(3),
      connection: row.integer(4).flatMap { UInt(exactly: $0) }, operation: row.text(5) ?? "", type: row.text(6) ?? "",
      resumeToken: row.text(7), name: row.text(8), body: value, size: body.utf8.count, announced: announced, deadline: deadline,
      timeout: timeout, state: OperationState(rawValue: row.text(12) ?? "") ?? .failed,
      result: row.text(13).flatMap { try? JSONValue(parsing: $0) }, error: row.text(14), by: row.text(15), ended: row.double(16),
      secretHash: row.blob(17))
  }
}
