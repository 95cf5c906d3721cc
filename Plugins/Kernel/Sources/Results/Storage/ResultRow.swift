// SPDX-License-Identifier: Apache-2.0

internal import SQLite

/// A result as its row has it, without outputs.
struct ResultRow {
  let number: Int64
  let id: String
  let kernel: String
  let document: String?
  let span: LineSpan?
  let source: String
  let hash: String
  let client: String
  let state: String
  let executionCount: Int64?
  let reason: String?
  let timings: String?
  let queued: Double
  let started: Double?
  let ended: Double?
  let freshness: Freshness
  let isStale: Bool
  let isPinned: Bool
  let leftOutOutputs: Int64
  let leftOutBytes: Int64
  let revision: Int64

  private static let columns = """
    number, id, kernel, document, first_line, last_line, source, hash, client, state, execution_count, reason, timings, queued, started, ended,
    freshness, stale, pinned, left_out_outputs, left_out_bytes, revision
    """

  private init(_ row: Statement) {
    number = row.presentInteger(0)
    id = row.text(1) ?? ""
    kernel = row.text(2) ?? ""
    document = row.text(3)
    span = row.integer(4).flatMap { first in row.integer(5).map { LineSpan(first: Int(first), last: Int($0)) } }
    source = row.text(6) ?? ""
    hash = row.text(7) ?? ""
    client = row.text(8) ?? ""
    state = row.text(9) ?? ""
    executionCount = row.integer(10)
    reason = row.text(11)
    timings = row.text(12)
    queued = row.presentDouble(13)
    started = row.double(14)
    ended = row.double(15)
    freshness = Freshness(rawValue: row.text(16) ?? "") ?? .fresh
    isStale = row.presentInteger(17) != 0
    isPinned = row.presentInteger(18) != 0
    leftOutOutputs = row.presentInteger(19)
    leftOutBytes = row.presentInteger(20)
    revision = row.presentInteger(21)
  }

  static func find(_ id: String, _ database: Database) throws -> ResultRow? {
    let statement = try database.cached("SELECT \(columns) FROM results WHERE id = ?1")
    try statement.bind(1, id)
    defer { statement.reset() }
    return try statement.step() ? ResultRow(statement) : nil
  }

  /// Rows in the order of their lines, then of their age.
  static func list(_ condition: String, _ database: Database, _ bind: (Statement) throws -> Void) throws -> [ResultRow] {
    let statement = try database.cached(
      "SELECT \(columns) FROM results WHERE \(condition) ORDER BY document, first_line, last_line, number")
    try bind(statement)
    var rows: [ResultRow] = []
    try statement.forEachRow { rows.append(ResultRow($0)) }
    return rows
  }
}
