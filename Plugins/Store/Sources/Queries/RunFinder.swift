// SPDX-License-Identifier: Apache-2.0

internal import PluginSDK
internal import SQLite

/// Finds rows by the names people give, and says what to do when there is none.
enum RunFinder {
  /// The row of a run.
  static func run(_ name: String, _ database: Database) throws -> Int64 {
    if let id = try row(of: name, in: "runs", database) { return id }
    throw notFound("run", name, in: "runs", database, code: "run_not_found", cure: "see 'jackfield call runs.list'")
  }

  /// The row of a session.
  static func session(_ name: String, _ database: Database) throws -> Int64 {
    if let id = try row(of: name, in: "sessions", database) { return id }
    throw notFound("session", name, in: "sessions", database, code: "session_not_found", cure: "'jackfield call runs.show' lists a run's")
  }

  private static func row(of name: String, in table: String, _ database: Database) throws -> Int64? {
    let select = try database.cached("SELECT id FROM \(table) WHERE name = ?")
    defer { select.reset() }
    try select.bind(1, name)
    return try select.step() ? select.integer(0) : nil
  }

  private static func notFound(
    _ noun: String, _ name: String, in table: String, _ database: Database, code: String, cure: String
  ) -> PluginFailure {
    let shown = name.utf8.count > 100 ? name.prefix(100) + "…" : name[...]
    var sentence = "there is no \(noun) '\(shown)'"
    if let near = nearest(to: name, in: table, database) { sentence += "; did you mean '\(near)'?" }
    return PluginFailure("\(sentence); \(cure)", code: code, status: .notFound)
  }

  /// The known name with the fewest edits, among the newest 1 000, if they are few.
  private static func nearest(to name: String, in table: String, _ database: Database) -> String? {
    guard name.utf8.count <= 100 else { return nil }
    var best: (name: String, edits: Int)?
    // A hint is not worth an error of its own: the sentence goes without.
    try? database.cached("SELECT name FROM \(table) WHERE length(name) BETWEEN 1 AND 100 ORDER BY id DESC LIMIT 1000").forEachRow { row in
      guard let candidate = row.text(0) else { return }
      let edits = editDistance(Array(name.lowercased()), Array(candidate.lowercased()))
      if edits < best?.edits ?? .max { best = (candidate, edits) }
    }
    guard let best, best.edits <= max(1, name.count / 3) else { return nil }
    return best.name
  }

  /// Levenshtein's distance.
  private static func editDistance(_ from: [Character], _ to: [Character]) -> Int {
    var row = Array(0...to.count)
    for (i, left) in from.enumerated() {
      var diagonal = row[0]
      row[0] = i + 1
      for (j, right) in to.enumerated() {
        let above = row[j + 1]
        row[j + 1] = min(above + 1, row[j] + 1, diagonal + (left == right ? 0 : 1))
        diagonal = above
      }
    }
    return row[to.count]
  }
}
