// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import SQLite

/// An output as its row has it; its bytes are read when they are asked for.
struct OutputRow {
  let id: Int64
  let position: Int
  let kind: OutputRecord.Kind
  let name: String?
  let mimeTypes: [String]
  let displayID: String?
  let executionCount: Int64?
  let body: [UInt8]
  let blob: String?
  let live: String?
  let settled: Int
  let bytes: Int
  let lines: Int
  let leftOut: Int
  let isLate: Bool
  let time: Double

  static func list(of result: Int64, from first: Int = 0, limit: Int = .max, _ database: Database) throws -> [OutputRow] {
    let statement = try database.cached(
      """
      SELECT id, position, kind, name, mime_types, display_id, execution_count, body, blob, live, settled, bytes, lines, left_out, late, time
      FROM outputs WHERE result = ?1 AND position >= ?2 ORDER BY position LIMIT ?3
      """)
    try statement.bind(1, result)
    try statement.bind(2, Int64(first))
    try statement.bind(3, Int64(limit))
    var rows: [OutputRow] = []
    try statement.forEachRow { rows.append(OutputRow($0)) }
    return rows
  }

  private init(_ row: Statement) {
    id = row.presentInteger(0)
    position = Int(row.presentInteger(1))
    kind = OutputRecord.Kind(rawValue: row.text(2) ?? "") ?? .unreadable
    name = row.text(3)
    let types = try? JSONValue(parsing: row.text(4) ?? "[]")
    mimeTypes = (types?.arrayValue ?? []).compactMap(\.stringValue)
    displayID = row.text(5)
    executionCount = row.integer(6)
    body = row.blob(7) ?? []
    blob = row.text(8)
    live = row.text(9)
    settled = Int(row.presentInteger(10))
    bytes = Int(row.presentInteger(11))
    lines = Int(row.presentInteger(12))
    leftOut = Int(row.presentInteger(13))
    isLate = row.presentInteger(14) != 0
    time = row.presentDouble(15)
  }
}
