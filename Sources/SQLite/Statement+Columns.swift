// SPDX-License-Identifier: Apache-2.0
// Reading the current row: each accessor answers nil for NULL.

internal import CSQLite

extension Statement {
  /// How many columns a row has.
  public var columnCount: Int32 { unsafe sqlite3_column_count(handle) }

  /// The name of a column as the statement gives it.
  public func columnName(_ column: Int32) -> String {
    unsafe sqlite3_column_name(handle, column).map { unsafe String(cString: $0) } ?? ""
  }

  /// Whether the column holds NULL in this row.
  public func isNull(_ column: Int32) -> Bool {
    unsafe sqlite3_column_type(handle, column) == SQLITE_NULL
  }

  /// The column as an integer.
  public func integer(_ column: Int32) -> Int64? {
    isNull(column) ? nil : unsafe sqlite3_column_int64(handle, column)
  }

  /// The column as a number.
  public func double(_ column: Int32) -> Double? {
    isNull(column) ? nil : unsafe sqlite3_column_double(handle, column)
  }

  /// The column as an integer, 0 for NULL: for columns that are never null, in loops over many rows.
  public func presentInteger(_ column: Int32) -> Int64 { unsafe sqlite3_column_int64(handle, column) }

  /// The column as a number, 0 for NULL: for columns that are never null, in loops over many rows.
  public func presentDouble(_ column: Int32) -> Double { unsafe sqlite3_column_double(handle, column) }

  /// The column as text.
  public func text(_ column: Int32) -> String? {
    guard let start = unsafe sqlite3_column_text(handle, column) else { return nil }
    let count = unsafe Int(sqlite3_column_bytes(handle, column))
    return unsafe String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
  }

  /// The column as bytes.
  public func blob(_ column: Int32) -> [UInt8]? {
    guard !isNull(column) else { return nil }
    guard let start = unsafe sqlite3_column_blob(handle, column) else { return [] }
    return unsafe [UInt8](UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(handle, column))))
  }
}
