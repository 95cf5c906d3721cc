// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import PluginSDK
internal import SQLite

/// `runs.logs`: lines in the order they were stored.
enum Logs {
  struct Input: Decodable, Sendable {
    var run: String?
    var session: String?
    var level: String?
    var after: Int64?
    var limit: Int?
  }

  static func answer(_ input: Input, _ database: Database) throws -> JSONValue {
    // Each condition stands in the text only when asked for, so that the matching index is used.
    var conditions = ["logs.id > ?1"]
    let run = try input.run.map { try RunFinder.run($0, database) }
    let session = try input.session.map { try RunFinder.session($0, database) }
    if run != nil { conditions.append("logs.run = ?2") }
    if session != nil { conditions.append("logs.session = ?3") }
    if input.level != nil { conditions.append("level = ?4") }
    let select = try database.cached(
      """
      SELECT logs.id, runs.name, nullif(sessions.name, ''), level, phase, text, logs.ts, seq
      FROM logs LEFT JOIN runs ON runs.id = logs.run JOIN sessions ON sessions.id = logs.session
      WHERE \(conditions.joined(separator: " AND ")) ORDER BY logs.id LIMIT ?5
      """)
    let limit = min(max(input.limit ?? 1_000, 1), 10_000)
    try select.bind(1, input.after ?? 0)
    try select.bind(2, run)
    try select.bind(3, session)
    try select.bind(4, input.level)
    try select.bind(5, Int64(limit + 1))
    var lines: [JSONValue] = []
    try select.forEachRow { lines.append(line($0)) }
    let hasMore = lines.count > limit
    lines = Array(lines.prefix(limit))
    return ["logs": .array(lines), "next": hasMore ? lines.last?["id"] ?? .null : .null]
  }

  private static func line(_ row: Statement) -> JSONValue {
    [
      "id": JSONValue(row.integer(0)), "run": JSONValue(row.text(1)), "session": JSONValue(row.text(2)),
      "level": JSONValue(row.text(3)), "phase": JSONValue(row.text(4)), "text": JSONValue(row.text(5)), "ts": JSONValue(row.double(6)),
      "seq": JSONValue(row.integer(7)),
    ]
  }
}
