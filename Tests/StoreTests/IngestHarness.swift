// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import JSON
import PluginSDK
import SQLite

@testable import Store

/// The part of the store that makes rows of events, on a file of its own, without the plugin around it.
final class IngestHarness {
  let directory: String
  private(set) var database: Database
  private(set) var inserter: EventInserter
  private var committed = EventInserter.Counts()
  private let names: Int

  var path: String { directory + "/jackfield.sqlite" }

  init(metricNamesPerRun: Int = 10_000) throws {
    directory = "/tmp/jackfield-ingest-\(UInt64.random(in: 0 ... .max))"
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: false)
    names = metricNamesPerRun
    database = try Schema.open(path: directory + "/jackfield.sqlite")
    inserter = try EventInserter(database, metricNamesPerRun: names)
  }

  deinit { try? FileManager.default.removeItem(atPath: directory) }

  /// Stores events in the open transaction, begun when there is none.
  func take(_ events: JSONValue..., from origin: EventBatch.Origin = .trainer) throws {
    for event in events { try take(text: event.serialized(), from: origin) }
  }

  func take(text: String, from origin: EventBatch.Origin = .trainer) throws {
    if !database.isInTransaction { try database.begin() }
    try inserter.insert(Array(text.utf8).span, from: origin)
  }

  func commit() throws {
    guard database.isInTransaction else { return }
    _ = try inserter.ledger.flush()
    try database.commit()
    committed = inserter.counts
    inserter.makeRoom()
  }

  /// As the writer does when the database refuses.
  func takeBack() {
    database.rollback()
    inserter.rolledBack(to: committed)
  }

  /// As a new process finds the file.
  func restart() throws {
    database.rollback()
    database = try Schema.open(path: path)
    inserter = try EventInserter(database, metricNamesPerRun: names)
    committed = EventInserter.Counts()
  }

  /// The rows of a query, its columns joined with "|"; NULL is "-".
  func rows(_ sql: String) throws -> [String] { try Self.rows(sql, database) }

  static func rows(_ sql: String, _ database: Database) throws -> [String] {
    var rows: [String] = []
    try database.prepare(sql).forEachRow { row in
      rows.append((0..<row.columnCount).map { row.text($0) ?? "-" }.joined(separator: "|"))
    }
    return rows
  }
}

/// An event of a session as a trainer sends it.
func event(_ type: String, seq: Int, run: String? = "r", session: String = "s", _ members: [String: JSONValue] = [:]) -> JSONValue {
  var event: [String: JSONValue] = [
    "type": .string(type), "session_id": .string(session), "event_seq": .integer(Int64(seq)), "ts": .number(1_000 + Double(seq)),
  ]
  if let run { event["run_id"] = .string(run) }
  event.merge(members) { $1 }
  return .object(event)
}

/// A successful answer as the door tells of it.
func reply(
  _ command: String, key: String = "k", run: String? = "r", session: String? = "s", ts: Double = 2_000, cwd: String? = nil,
  payload: JSONValue = [:], _ data: JSONValue
) -> JSONValue {
  var reply: [String: JSONValue] = [
    "type": "reply", "key": .string(key), "cmd": .string(command), "ts": .number(ts), "payload": payload, "data": data,
  ]
  if let run { reply["run_id"] = .string(run) }
  if let session { reply["session_id"] = .string(session) }
  if let cwd { reply["cwd"] = .string(cwd) }
  return .object(reply)
}
