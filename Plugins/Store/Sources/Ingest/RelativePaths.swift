// SPDX-License-Identifier: Apache-2.0

internal import SQLite

/// Paths that a session told before its working directory was known, made absolute once it is.
struct RelativePaths {
  private static let columns = [("checkpoints", "path"), ("tests", "checkpoint"), ("reports", "checkpoint"), ("artifacts", "path")]

  let database: Database

  /// Makes the paths of a session absolute. A checkpoint that is known by its absolute path as well becomes one row with that.
  ///
  /// - Returns: How many rows changed.
  func settle(session: Int64, in directory: String) throws(SQLiteError) -> Int {
    guard directory.hasPrefix("/") else { return 0 }
    var changed = 0
    for (table, column) in Self.columns {
      for path in try relative(column, of: table, session) {
        let update = try database.cached("UPDATE OR IGNORE \(table) SET \(column) = ? WHERE session = ? AND \(column) = ?")
        try update.bind(1, TrainerPath.absolute(path, in: directory))
        try update.bind(2, session)
        try update.bind(3, path)
        try update.run()
        changed += database.changes
      }
    }
    // What is still relative has its twin; a row that leads to a kept copy is not given up all the same.
    let delete = try database.cached(
      "DELETE FROM checkpoints WHERE session = ? AND path NOT GLOB '/*' AND path NOT GLOB 'bundle:*' AND kept IS NULL")
    try delete.bind(1, session)
    try delete.run()
    return changed + database.changes
  }

  /// What came with a bundle and has no file here is no path of the session's.
  private func relative(_ column: String, of table: String, _ session: Int64) throws(SQLiteError) -> [String] {
    let select = try database.cached(
      """
      SELECT DISTINCT \(column) FROM \(table) WHERE session = ? AND \(column) NOT GLOB '/*' AND \(column) NOT GLOB 'bundle:*'
      """)
    defer { select.reset() }
    try select.bind(1, session)
    var paths: [String] = []
    while try select.step() { paths.append(select.text(0) ?? "") }
    return paths
  }
}
