// SPDX-License-Identifier: Apache-2.0

/// A refusal of the database library, with the text that was being run.
public struct SQLiteError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What kind of refusal it is.
  public let code: Code
  /// The library's finer code, such as which constraint failed or which file operation.
  public let extendedCode: Int32
  /// The library's own words.
  public let message: String
  /// What was tried, as a verb phrase: "open", "run", "bind parameter 2 of".
  public let operation: String
  /// The statement, or the path when a database was being opened.
  public let sql: String

  /// Describes a failure that did not come from the library but from what was found in a file.
  public init(code: Code, extendedCode: Int32 = 0, message: String, operation: String, sql: String) {
    self.code = code
    self.extendedCode = extendedCode
    self.message = message
    self.operation = operation
    self.sql = sql
  }

  /// One sentence for a log or a person.
  public var description: String {
    let shown = sql.utf8.count > 200 ? sql.prefix(200) + "…" : sql[...]
    return "cannot \(operation) '\(shown)': \(message)"
  }
}

extension SQLiteError {
  /// The library's primary result codes; an open set.
  public struct Code: RawRepresentable, Sendable, Hashable {
    /// The number the library uses.
    public let rawValue: Int32

    /// Wraps a number of the library.
    public init(rawValue: Int32) { self.rawValue = rawValue }

    /// Something in the statement is wrong.
    public static let error = Code(rawValue: 1)
    /// Another connection holds the lock.
    public static let busy = Code(rawValue: 5)
    /// A statement of the same connection holds the lock.
    public static let locked = Code(rawValue: 6)
    /// The connection may only read.
    public static let readOnly = Code(rawValue: 8)
    /// Somebody called for an interrupt.
    public static let interrupted = Code(rawValue: 9)
    /// The file system refused.
    public static let inputOutput = Code(rawValue: 10)
    /// The file is damaged.
    public static let corrupt = Code(rawValue: 11)
    /// The disk, or the page limit, is full.
    public static let full = Code(rawValue: 13)
    /// The file cannot be opened.
    public static let cannotOpen = Code(rawValue: 14)
    /// A text or blob is over the library's limit.
    public static let tooBig = Code(rawValue: 18)
    /// A constraint forbids the row.
    public static let constraint = Code(rawValue: 19)
    /// The library was used wrongly.
    public static let misuse = Code(rawValue: 21)
    /// A parameter's number is out of range.
    public static let range = Code(rawValue: 25)
    /// The file is something else.
    public static let notADatabase = Code(rawValue: 26)
  }

  /// Whether the same call may succeed later with nothing changed on our side.
  public var isTransient: Bool {
    code == .busy || code == .locked || code == .full || code == .inputOutput
  }
}
