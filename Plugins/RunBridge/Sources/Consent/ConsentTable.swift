// SPDX-License-Identifier: Apache-2.0

internal import SQLite

/// The decisions as the bridge's database keeps them.
enum ConsentTable {
  static func all(_ database: Database) throws -> [Consent] {
    var found: [Consent] = []
    try database.cached("SELECT number, run, workspace, command, decision, given, by FROM consents ORDER BY number").forEachRow { row in
      found.append(
        Consent(
          number: row.presentInteger(0), run: row.text(1), workspace: row.text(2), command: row.text(3) ?? "",
          isAllowed: row.text(4) == "allow", given: row.presentDouble(5), by: row.text(6)))
    }
    return found
  }

  static func insert(_ consent: Consent, _ database: Database) throws {
    let statement = try database.cached(
      "INSERT INTO consents(number, run, workspace, command, decision, given, by) VALUES (?, ?, ?, ?, ?, ?, ?)")
    try statement.bind(1, consent.number)
    try statement.bind(2, consent.run)
    try statement.bind(3, consent.workspace)
    try statement.bind(4, consent.command)
    try statement.bind(5, consent.isAllowed ? "allow" : "deny")
    try statement.bind(6, consent.given)
    try statement.bind(7, consent.by)
    try statement.run()
  }

  static func delete(_ numbers: [Int64], _ database: Database) throws {
    for number in numbers {
      let statement = try database.cached("DELETE FROM consents WHERE number = ?")
      try statement.bind(1, number)
      try statement.run()
    }
  }
}
