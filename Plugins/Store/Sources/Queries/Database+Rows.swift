// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import SQLite

extension Database {
  /// Every row of a query as a value, in the query's order. The statement is kept for the next time.
  func rows<Row>(_ sql: String, _ parameters: [SQLParameter] = [], _ row: (Statement) throws -> Row) throws -> [Row] {
    var rows: [Row] = []
    try each(sql, parameters) { rows.append(try row($0)) }
    return rows
  }

  /// The first row of a query as a value, nil when there is none.
  func first<Row>(_ sql: String, _ parameters: [SQLParameter] = [], _ row: (Statement) throws -> Row) throws -> Row? {
    let statement = try bound(sql, parameters)
    defer { statement.reset() }
    return try statement.step() ? try row(statement) : nil
  }

  /// Calls `row` for each row of a query.
  func each(_ sql: String, _ parameters: [SQLParameter] = [], _ row: (Statement) throws -> Void) throws {
    try bound(sql, parameters).forEachRow(row)
  }

  /// Calls `row` for each row of a query until it returns false.
  func scan(_ sql: String, _ parameters: [SQLParameter] = [], _ row: (Statement) throws -> Bool) throws {
    let statement = try bound(sql, parameters)
    defer { statement.reset() }
    while try statement.step(), try row(statement) {}
  }

  /// Runs a statement whose rows do not matter.
  ///
  /// - Returns: How many rows it inserted, changed or deleted.
  @discardableResult
  func run(_ sql: String, _ parameters: [SQLParameter] = []) throws -> Int {
    try bound(sql, parameters).run()
    return changes
  }

  private func bound(_ sql: String, _ parameters: [SQLParameter]) throws -> Statement {
    let statement = try cached(sql)
    for (index, parameter) in parameters.enumerated() {
      let number = Int32(index + 1)
      switch parameter {
      case .integer(let value): try statement.bind(number, value)
      case .number(let value): try statement.bind(number, value)
      case .text(let value): try statement.bind(number, value)
      case .null: try statement.bindNull(number)
      }
    }
    return statement
  }
}
