// SPDX-License-Identifier: Apache-2.0
import Testing

/// Looks into a database with SQLite's own tool, from Python, so that no code of ours judges itself.
enum DatabaseCheck {
  static func integrity(_ path: String) throws -> String { try ask(path, "PRAGMA integrity_check") }

  /// The first column of the first row.
  static func ask(_ path: String, _ sql: String) throws -> String {
    let script = "import sqlite3, sys; print(sqlite3.connect(sys.argv[1]).execute(sys.argv[2]).fetchone()[0])"
    let outcome = try Program.run(["python3", "-c", script, path, sql], in: LiveHost.temporary("jackfield-sql"))
    guard outcome.status == 0 else { throw LiveHost.NotReady(description: outcome.error) }
    return String(outcome.output.prefix { $0 != "\n" })
  }
}
