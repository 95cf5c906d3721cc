// SPDX-License-Identifier: Apache-2.0

internal import SQLite

/// The conditions of a look into the log, as SQL and its parameters. Each stands in the text only when asked for, so that the matching
/// index is used.
struct LogFilter {
  private(set) var conditions: [String] = []
  private(set) var parameters: [SQLParameter] = []

  init(_ input: Logs.Input, _ database: Database) throws {
    if let run = input.run { add("logs.run = ?", .integer(try RunFinder.run(run, database))) }
    if let session = input.session { add("logs.session = ?", .integer(try RunFinder.session(session, database))) }
    let levels = (input.level.map { [$0] } ?? []) + (input.levels ?? [])
    if !levels.isEmpty {
      conditions.append("logs.level IN (\(levels.map { _ in "?" }.joined(separator: ", ")))")
      parameters += levels.map { .text($0) }
    }
    if let phase = input.phase { add("logs.phase = ?", .text(phase)) }
    if let since = input.since { add("logs.ts >= ?", .number(since)) }
    if let until = input.until { add("logs.ts <= ?", .number(until)) }
    if let after = input.after { add("logs.id > ?", .integer(after)) }
    if let before = input.before { add("logs.id < ?", .integer(before)) }
  }

  mutating func add(_ condition: String, _ parameter: SQLParameter) {
    conditions.append(condition)
    parameters.append(parameter)
  }

  /// For WHERE.
  var text: String { conditions.isEmpty ? "1" : conditions.joined(separator: " AND ") }
}
