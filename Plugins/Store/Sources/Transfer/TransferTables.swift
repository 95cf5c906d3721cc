// SPDX-License-Identifier: Apache-2.0

internal import SQLite

/// The tables that belong to runs, and how a copy picks their rows. `c` is the row, `chosen` holds the runs wanted, `chosen_sessions` theirs.
enum TransferTables {
  /// In the order in which they are filled.
  static let all: [(name: String, wanted: String)] = [
    ("runs", "c.id IN (SELECT id FROM temp.chosen)"),
    ("sessions", "c.id IN (SELECT id FROM temp.chosen_sessions)"),
    ("session_runs", ofRun),
    ("run_edges", "c.child IN (SELECT id FROM temp.chosen) AND c.parent IN (SELECT id FROM temp.chosen)"),
    ("metric_names", "c.id IN (SELECT m.metric FROM live.run_metrics m WHERE m.run IN (SELECT id FROM temp.chosen))"),
    ("events", ofRunOrSession), ("metrics", ofRun), ("run_metrics", ofRun), ("pyramid", ofRun), ("epochs", ofRun),
    ("logs", ofRunOrSession), ("tests", ofRun), ("test_steps", ofRun), ("checkpoints", ofRun), ("subsets", ofRun), ("reports", ofRun),
    ("health", ofRun), ("alerts", ofRun), ("artifacts", ofRun),
  ]

  private static let ofRun = "c.run IN (SELECT id FROM temp.chosen)"
  private static let ofRunOrSession =
    ofRun + " OR (c.run IS NULL AND c.session IN (SELECT id FROM temp.chosen_sessions))"

  /// The columns of a table of ours, in order.
  static func columns(of table: String, in database: Database) throws -> [String] {
    var names: [String] = []
    try database.prepare("SELECT name FROM pragma_table_info('\(table)')").forEachRow { names.append($0.text(0) ?? "") }
    return names
  }

  /// Lets a connection see a second file under a name.
  static func attach(_ path: String, as name: String, to database: Database) throws {
    let attach = try database.prepare("ATTACH ?1 AS \(name)")
    try attach.bind(1, path)
    try attach.run()
  }
}
