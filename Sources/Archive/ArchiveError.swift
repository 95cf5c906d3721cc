// SPDX-License-Identifier: Apache-2.0

internal import CArchive

/// A refusal of the archive library, in its own words.
public struct ArchiveError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What was tried, as a verb phrase.
  public let operation: String
  /// The archive's path.
  public let path: String
  /// The library's words.
  public let message: String
  /// The system's error number behind it, or one of the library's own; 0 when there is none.
  public let number: Int32

  /// Describes a refusal.
  public init(operation: String, path: String, message: String, number: Int32 = 0) {
    self.operation = operation
    self.path = path
    self.message = message
    self.number = number
  }

  /// Takes the last error of a handle.
  init(_ operation: String, _ path: String, of handle: OpaquePointer?) {
    let words = unsafe handle.flatMap { unsafe archive_error_string($0) }.map { unsafe String(cString: $0) }
    let number = unsafe handle.map { unsafe archive_errno($0) } ?? 0
    self.init(operation: operation, path: path, message: words ?? "no reason given", number: number)
  }

  /// One sentence for a log or a person.
  public var description: String { "cannot \(operation) '\(path)': \(message)" }
}
