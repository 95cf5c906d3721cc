// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import SQLite

/// `runs.list`: the runs, newest first.
enum RunList {
  struct Input: Decodable, Sendable {
    var project: String?
    var state: String?
    var limit: Int?
  }

  static func answer(_ input: Input, _ database: Database) throws -> JSONValue {
    let select = try database.cached(
      """
      SELECT \(RunRow.columns) FROM runs
      WHERE (?1 IS NULL OR project = ?1) AND (?2 IS NULL OR state = ?2)
      ORDER BY started DESC NULLS LAST, id DESC LIMIT ?3
      """)
    let limit = min(max(input.limit ?? 100, 1), 10_000)
    try select.bind(1, input.project)
    try select.bind(2, input.state)
    try select.bind(3, Int64(limit + 1))
    var runs: [JSONValue] = []
    try select.forEachRow { runs.append(.object(RunRow.values($0))) }
    let hasMore = runs.count > limit
    return ["runs": .array(Array(runs.prefix(limit))), "more": .bool(hasMore)]
  }
}
