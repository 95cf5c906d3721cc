// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import SQLite

/// What every answer says of a run.
enum RunRow {
  static let columns = """
    name, coalesce(title, display_name, name), project, state, steps, last_step, last_epoch, last_loss, started, updated,
    (SELECT count(*) FROM session_runs WHERE run = runs.id), title, archived
    """
  /// How many there are; what is selected besides follows them.
  static let count: Int32 = 13

  static func values(_ row: Statement) -> [String: JSONValue] {
    [
      "id": JSONValue(row.text(0)), "name": JSONValue(row.text(1)), "project": JSONValue(row.text(2)), "state": JSONValue(row.text(3)),
      "steps": JSONValue(row.integer(4)), "last_step": JSONValue(row.integer(5)), "last_epoch": JSONValue(row.integer(6)),
      "last_loss": JSONValue(row.double(7)), "started": JSONValue(row.double(8)), "updated": JSONValue(row.double(9)),
      "sessions": JSONValue(row.integer(10)), "title": JSONValue(row.text(11)), "archived": JSONValue(row.double(12)),
    ]
  }
}
