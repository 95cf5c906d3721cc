// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import PluginSDK
internal import SQLite

/// `store.record_health`: one result of a health check.
enum HealthRecord {
  struct Input: Decodable, Sendable {
    var key: String
    var run: String
    var session: String?
    var check: String
    var verdict: String
    var sentence: String
    var text: String?
    var step: Int64?
    var epoch: Int64?
    var ts: Double
  }

  /// - Parameter fields: The parsed fields as JSON text.
  static func apply(_ input: Input, fields: String?, _ database: Database) throws -> WriteJob.Outcome {
    let known = try database.first("SELECT id FROM health WHERE key = ?1", [.text(input.key)]) { $0.integer(0) ?? 0 }
    if let known { return WriteJob.Outcome(answer: ["id": .integer(known)]) }
    let run = try RunFinder.run(input.run, database)
    let session = try input.session.map { try RunFinder.session($0, database) }
    try database.run(
      """
      INSERT INTO health(key, run, session, name, verdict, sentence, text, fields, step, epoch, ts)
      VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
      """,
      [
        .text(input.key), .integer(run), SQLParameter(session), .text(input.check), .text(input.verdict), .text(input.sentence),
        SQLParameter(input.text), SQLParameter(fields), SQLParameter(input.step), SQLParameter(input.epoch), .number(input.ts),
      ])
    return WriteJob.Outcome(answer: ["id": .integer(database.lastInsertedRow)], changedRuns: [input.run])
  }
}
