// SPDX-License-Identifier: Apache-2.0

internal import SQLite

/// Parents of runs that do not travel with them: left out of a copy, known by name only.
///
/// A name is all there is to go by, so a run of that name here is taken for the parent.
enum AbsentParents {
  /// The parents of the runs of a copy that are not in it, by the children's names. `live` is the store's own file.
  static func ofCopy(_ database: Database) throws -> [String: [String]] {
    try names(
      """
      SELECT c.name, p.name FROM live.run_edges e JOIN live.runs c ON c.id = e.child JOIN live.runs p ON p.id = e.parent
      WHERE e.child IN (SELECT id FROM temp.chosen) AND e.parent NOT IN (SELECT id FROM temp.chosen) ORDER BY c.id, p.id
      """, database)
  }

  /// The parents of the runs being imported that are in the bundle and not wanted, by the children's names there.
  static func ofImport(_ database: Database) throws -> [String: [String]] {
    try names(
      """
      SELECT c.name, p.name FROM guest.run_edges e JOIN guest.runs c ON c.id = e.child JOIN guest.runs p ON p.id = e.parent
      WHERE e.child IN (SELECT guest FROM temp.map_runs) AND e.parent NOT IN (SELECT guest FROM temp.map_runs) ORDER BY c.id, p.id
      """, database)
  }

  /// Makes a run the child of another one here, unless it is that one itself.
  ///
  /// - Returns: Whether there is a run of that name.
  static func join(_ child: Int64, to parent: String, _ database: Database) throws -> Bool {
    guard let id = try database.first("SELECT id FROM main.runs WHERE name = ?1", [.text(parent)], { $0.integer(0) ?? 0 }), id != child
    else { return false }
    try database.run("INSERT OR IGNORE INTO main.run_edges(child, parent) VALUES (?1, ?2)", [.integer(child), .integer(id)])
    return true
  }

  private static func names(_ sql: String, _ database: Database) throws -> [String: [String]] {
    var found: [String: [String]] = [:]
    try database.prepare(sql).forEachRow { found[$0.text(0) ?? "", default: []].append($0.text(1) ?? "") }
    return found
  }
}
