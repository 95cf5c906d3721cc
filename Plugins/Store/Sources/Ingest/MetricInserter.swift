// SPDX-License-Identifier: Apache-2.0

internal import SQLite

/// Inserts the values of one step, eight rows a statement: beginning and ending a statement costs as much as one of these rows.
struct MetricInserter {
  /// One row to be.
  struct Row {
    /// In `metric_names`.
    var metric: Int64
    var value: Double
  }

  private static let rowsAtOnce = 8

  private let single: Statement
  private let several: Statement

  init(_ database: Database) throws(SQLiteError) {
    single = try database.prepare(Self.sql(rows: 1))
    several = try database.prepare(Self.sql(rows: Self.rowsAtOnce))
  }

  private static func sql(rows: Int) -> String {
    let places = (0..<rows).map { "(?1, ?2, ?3, ?4, ?\(5 + 2 * $0), ?\(6 + 2 * $0))" }
    return "INSERT OR IGNORE INTO metrics(run, step, session, seq, metric, value) VALUES " + places.joined(separator: ", ")
  }

  /// Inserts rows of one event, no two of one metric.
  func insert(_ rows: [Row], run: Int64, step: Int64, session: Int64, seq: Int64) throws(SQLiteError) {
    var next = 0
    for (statement, count) in [(several, Self.rowsAtOnce), (single, 1)] where rows.count - next >= count {
      try statement.bind(1, run)
      try statement.bind(2, step)
      try statement.bind(3, session)
      try statement.bind(4, seq)
      while rows.count - next >= count {
        for place in 0..<count {
          try statement.bind(Int32(5 + 2 * place), rows[next + place].metric)
          try statement.bind(Int32(6 + 2 * place), rows[next + place].value)
        }
        try statement.run()
        next += count
      }
    }
  }
}
