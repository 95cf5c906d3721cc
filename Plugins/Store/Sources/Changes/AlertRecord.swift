// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import PluginSDK
internal import SQLite

/// `store.record_alert`: one episode that a watch raised, and later its end.
enum AlertRecord {
  struct Input: Decodable, Sendable {
    var key: String
    var run: String?
    var session: String?
    var kind: String
    var severity: String
    var sentence: String
    var step: Int64?
    var ts: Double
    var ended: Double?
  }

  /// - Parameter fields: More for programs, as JSON text.
  static func apply(_ input: Input, fields: String?, _ database: Database) throws -> WriteJob.Outcome {
    let changed = input.run.map { [$0] } ?? []
    let known = try database.first("SELECT id FROM alerts WHERE key = ?1", [.text(input.key)]) { $0.integer(0) ?? 0 }
    if let known {
      try database.run(
        "UPDATE alerts SET ended = coalesce(?1, ended), sentence = ?2 WHERE id = ?3",
        [SQLParameter(input.ended), .text(input.sentence), .integer(known)])
      return WriteJob.Outcome(answer: ["id": .integer(known)], changedRuns: changed)
    }
    let run = try input.run.map { try RunFinder.run($0, database) }
    let session = try input.session.map { try RunFinder.session($0, database) }
    try database.run(
      """
      INSERT INTO alerts(key, run, session, kind, severity, sentence, fields, step, ts, ended)
      VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
      """,
      [
        .text(input.key), SQLParameter(run), SQLParameter(session), .text(input.kind), .text(input.severity), .text(input.sentence),
        SQLParameter(fields), SQLParameter(input.step), .number(input.ts), SQLParameter(input.ended),
      ])
    return WriteJob.Outcome(answer: ["id": .integer(database.lastInsertedRow)], changedRuns: changed)
  }
}
