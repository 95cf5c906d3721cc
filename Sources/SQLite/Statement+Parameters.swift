// SPDX-License-Identifier: Apache-2.0
// Binding: numbers and borrowed text allocate nothing, on our side or the library's.

internal import CSQLite

/// Tells the library to copy the bytes. The header's macro is a cast that Swift does not import.
private let copyTheBytes = unsafe unsafeBitCast(-1, to: sqlite3_destructor_type.self)

extension Statement {
  /// Binds an integer.
  public func bind(_ parameter: Int32, _ value: Int64) throws(SQLiteError) {
    try check(unsafe sqlite3_bind_int64(handle, parameter, value), parameter)
  }

  /// Binds a number; the library stores "not a number" as NULL.
  public func bind(_ parameter: Int32, _ value: Double) throws(SQLiteError) {
    try check(unsafe sqlite3_bind_double(handle, parameter, value), parameter)
  }

  /// Binds an integer or NULL.
  public func bind(_ parameter: Int32, _ value: Int64?) throws(SQLiteError) {
    guard let value else { return try bindNull(parameter) }
    try bind(parameter, value)
  }

  /// Binds a number or NULL.
  public func bind(_ parameter: Int32, _ value: Double?) throws(SQLiteError) {
    guard let value else { return try bindNull(parameter) }
    try bind(parameter, value)
  }

  /// Binds text, copied; nil is NULL.
  public func bind(_ parameter: Int32, _ value: String?) throws(SQLiteError) {
    guard var value else { return try bindNull(parameter) }
    let result = value.withUTF8 { bytes in
      unsafe bytes.withMemoryRebound(to: CChar.self) { characters in
        // An empty buffer may have no address, which would bind NULL.
        guard let address = characters.baseAddress else { return unsafe sqlite3_bind_text(handle, parameter, "", 0, nil) }
        return unsafe sqlite3_bind_text64(
          handle, parameter, address, UInt64(characters.count), copyTheBytes, UInt8(SQLITE_UTF8))
      }
    }
    try check(result, parameter)
  }

  /// Binds bytes as a blob, copied.
  public func bind(_ parameter: Int32, blob: [UInt8]) throws(SQLiteError) {
    let result = unsafe blob.withUnsafeBytes { bytes in
      guard let address = bytes.baseAddress else { return unsafe sqlite3_bind_zeroblob(handle, parameter, 0) }
      return unsafe sqlite3_bind_blob64(handle, parameter, address, UInt64(bytes.count), copyTheBytes)
    }
    try check(result, parameter)
  }

  /// Binds NULL.
  public func bindNull(_ parameter: Int32) throws(SQLiteError) {
    try check(unsafe sqlite3_bind_null(handle, parameter), parameter)
  }

  /// Binds UTF-8 text without copying it.
  ///
  /// - Parameter text: Must stay where it is, unchanged, until the parameter is bound anew or cleared.
  @unsafe
  public func bindBorrowed(_ parameter: Int32, text: UnsafeRawBufferPointer) throws(SQLiteError) {
    let address = unsafe text.baseAddress?.assumingMemoryBound(to: CChar.self)
    let result =
      if let address = unsafe address {
        unsafe sqlite3_bind_text64(handle, parameter, address, UInt64(text.count), nil, UInt8(SQLITE_UTF8))
      } else {
        unsafe sqlite3_bind_text(handle, parameter, "", 0, copyTheBytes)
      }
    try check(result, parameter)
  }

  /// Runs the statement with one text parameter lent for the run: nothing is copied but into the database.
  public func run(lending text: Span<UInt8>, as parameter: Int32) throws(SQLiteError) {
    try unsafe text.withUnsafeBytes { bytes throws(SQLiteError) in
      try unsafe bindBorrowed(parameter, text: bytes)
      defer { _ = unsafe sqlite3_bind_null(handle, parameter) }
      try run()
    }
  }

  private func check(_ result: Int32, _ parameter: Int32) throws(SQLiteError) {
    guard result != SQLITE_OK else { return }
    throw failure(result, "bind parameter \(parameter) of")
  }
}
