// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import SQLite

/// `runs.names`: which names are taken, and how far the numbers behind prefixes have come.
enum RunNames {
  struct Input: Decodable, Sendable {
    var prefixes: [String]?
    var names: [String]?
  }

  static func answer(_ input: Input, _ database: Database) throws -> JSONValue {
    var counters: [String: JSONValue] = [:]
    for prefix in input.prefixes ?? ["fork", "merge"] { counters[prefix] = .integer(try highest(behind: prefix, database)) }
    let taken = try (input.names ?? []).filter { try isTaken($0, database) }
    return ["counters": .object(counters), "taken": .array(taken.map { .string($0) })]
  }

  /// Whether a run has that name or that title.
  static func isTaken(_ name: String, _ database: Database, but run: Int64? = nil) throws -> Bool {
    try database.first(
      "SELECT 1 FROM runs WHERE (name = ?1 OR title = ?1) AND id IS NOT ?2 LIMIT 1", [.text(name), SQLParameter(run)]
    ) { _ in true } ?? false
  }

  /// The highest whole number that stands behind the prefix in a run's name, 0 for none.
  private static func highest(behind prefix: String, _ database: Database) throws -> Int64 {
    let count = prefix.unicodeScalars.count
    let found = try database.first(
      """
      SELECT max(CAST(substr(name, ?2) AS INTEGER)) FROM runs
      WHERE substr(name, 1, ?2 - 1) = ?1 AND length(name) BETWEEN ?2 AND ?2 + 17 AND substr(name, ?2) NOT GLOB '*[^0-9]*'
      """, [.text(prefix), .integer(Int64(count + 1))]
    ) { $0.integer(0) ?? 0 }
    return found ?? 0
  }
}
