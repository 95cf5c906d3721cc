// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import PluginSDK
internal import SQLite

/// `runs.list`: the runs, newest first unless asked otherwise.
enum RunList {
  struct Input: Decodable, Sendable {
    var project: String?
    var state: String?
    var search: String?
    var archived: Bool?
    var sort: Sort?
    var reversed: Bool?
    var limit: Int?
  }

  /// What the list is ordered by.
  enum Sort: String, Decodable, Sendable {
    case started, updated, name, steps, loss

    /// The expression, and whether the greatest comes first.
    fileprivate var order: (by: String, descending: Bool) {
      switch self {
      case .started: ("started", true)
      case .updated: ("updated", true)
      case .name: ("coalesce(title, display_name, name) COLLATE NOCASE", false)
      case .steps: ("steps", true)
      case .loss: ("last_loss", false)
      }
    }
  }

  static func answer(_ input: Input, _ database: Database) throws -> JSONValue {
    let order = (input.sort ?? .started).order
    let direction = order.descending != (input.reversed ?? false) ? "DESC" : "ASC"
    let limit = min(max(input.limit ?? 100, 1), 10_000)
    let runs = try database.rows(
      """
      SELECT \(RunRow.columns) FROM runs
      WHERE (?1 IS NULL OR project = ?1) AND (?2 IS NULL OR state = ?2) AND (?3 OR archived IS NULL)
        AND (?4 IS NULL OR name LIKE ?4 ESCAPE '\\' OR title LIKE ?4 ESCAPE '\\' OR display_name LIKE ?4 ESCAPE '\\'
          OR project LIKE ?4 ESCAPE '\\')
      ORDER BY \(order.by) \(direction) NULLS LAST, id \(direction) LIMIT ?5
      """,
      [
        SQLParameter(input.project), SQLParameter(input.state), .integer(input.archived == true ? 1 : 0),
        SQLParameter(input.search.map(pattern)), .integer(Int64(limit + 1)),
      ]
    ) { JSONValue.object(RunRow.values($0)) }
    return ["runs": .array(Array(runs.prefix(limit))), "more": .bool(runs.count > limit)]
  }

  /// A pattern for LIKE that finds the text anywhere. The characters that mean something there stand for themselves.
  private static func pattern(_ text: String) -> String {
    var pattern = "%"
    // SQLite refuses patterns of more than 50 000 bytes; no name that a person looks for comes near.
    for character in text.prefix(1_000) {
      if character == "%" || character == "_" || character == "\\" { pattern.append("\\") }
      pattern.append(character)
    }
    return pattern + "%"
  }
}
