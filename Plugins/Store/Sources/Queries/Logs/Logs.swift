// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import PluginSDK
internal import SQLite

/// `runs.logs`: lines in the order they were stored, all or those with certain words.
enum Logs {
  struct Input: Decodable, Sendable {
    var run: String?
    var session: String?
    var level: String?
    var levels: [String]?
    var phase: String?
    var since: Double?
    var until: Double?
    var query: String?
    var highlight: Bool?
    var order: Order?
    var after: Int64?
    var before: Int64?
    var limit: Int?
  }

  /// Which line comes first.
  enum Order: String, Decodable, Sendable {
    case oldest, newest

    fileprivate var direction: String { self == .oldest ? "ASC" : "DESC" }
  }

  private static let columns =
    "SELECT logs.id, runs.name, nullif(sessions.name, ''), logs.level, logs.phase, logs.text, logs.ts, logs.seq FROM"
  private static let names = "LEFT JOIN runs ON runs.id = logs.run LEFT JOIN sessions ON sessions.id = logs.session"

  static func answer(_ input: Input, _ database: Database) throws -> JSONValue {
    let limit = min(max(input.limit ?? 1_000, 1), 10_000)
    let query = try input.query.map { try LogQuery($0) }
    let lines = try found(query, input, LogFilter(input, database), limit + 1, database)
    let next = lines.count > limit ? lines[limit - 1]["id"] ?? .null : .null
    return ["logs": .array(Array(lines.prefix(limit))), "next": next]
  }

  private static func found(
    _ query: LogQuery?, _ input: Input, _ filter: LogFilter, _ limit: Int, _ database: Database
  ) throws -> [JSONValue] {
    let order = input.order ?? .oldest
    guard let query else {
      return try database.rows(
        "\(columns) logs \(names) WHERE \(filter.text) ORDER BY logs.id \(order.direction) LIMIT \(limit)", filter.parameters
      ) { line($0) }
    }
    // The index reaches up to a line; younger ones are read.
    let indexed = try database.integer("SELECT last FROM logs_indexed") ?? 0
    let parts = [indexedLines, youngLines]
    var lines: [JSONValue] = []
    for part in order == .oldest ? parts : parts.reversed() where lines.count < limit {
      lines += try part(query, input, filter, indexed, limit - lines.count, database)
    }
    return input.highlight == true ? lines.map { mark($0, query) } : lines
  }

  private static func indexedLines(
    _ query: LogQuery, _ input: Input, _ filter: LogFilter, _ indexed: Int64, _ limit: Int, _ database: Database
  ) throws -> [JSONValue] {
    let order = input.order ?? .oldest
    // The index gives its lines in order and from a place on, so that a page needs no more of them than it shows.
    var filter = filter
    filter.add("logs_text MATCH ?", .text(query.expression))
    filter.add("logs_text.rowid <= ?", .integer(min(indexed, input.before.map { max($0, 0) - 1 } ?? .max)))
    filter.add("logs_text.rowid > ?", .integer(input.after ?? -1))
    return try database.rows(
      """
      \(columns) logs_text CROSS JOIN logs ON logs.id = logs_text.rowid \(names)
      WHERE \(filter.text) ORDER BY logs_text.rowid \(order.direction) LIMIT \(limit)
      """, filter.parameters
    ) { line($0) }
  }

  private static func youngLines(
    _ query: LogQuery, _ input: Input, _ filter: LogFilter, _ indexed: Int64, _ limit: Int, _ database: Database
  ) throws -> [JSONValue] {
    let order = input.order ?? .oldest
    var filter = filter
    filter.add("logs.id > ?", .integer(indexed))
    var lines: [JSONValue] = []
    try database.scan("\(columns) logs \(names) WHERE \(filter.text) ORDER BY logs.id \(order.direction)", filter.parameters) { row in
      if query.matches(in: row.text(5) ?? "") != nil { lines.append(line(row)) }
      return lines.count < limit
    }
    return lines
  }

  /// Adds where the words stand: pairs of a place and a length, in UTF-16 units as web pages count.
  private static func mark(_ line: JSONValue, _ query: LogQuery) -> JSONValue {
    var line = line
    let text = line["text"]?.stringValue ?? ""
    let marks = (query.matches(in: text) ?? []).map { range -> [Int64] in
      let start = text.utf16.distance(from: text.startIndex, to: range.lowerBound)
      return [Int64(start), Int64(text.utf16.distance(from: range.lowerBound, to: range.upperBound))]
    }
    line["marks"] = .array(marks.sorted { $0[0] < $1[0] }.map { .array($0.map { .integer($0) }) })
    return line
  }

  private static func line(_ row: Statement) -> JSONValue {
    [
      "id": JSONValue(row.integer(0)), "run": JSONValue(row.text(1)), "session": JSONValue(row.text(2)),
      "level": JSONValue(row.text(3)), "phase": JSONValue(row.text(4)), "text": JSONValue(row.text(5)), "ts": JSONValue(row.double(6)),
      "seq": JSONValue(row.integer(7)),
    ]
  }
}
