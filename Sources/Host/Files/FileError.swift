// SPDX-License-Identifier: Apache-2.0
import Glibc

/// A file that could not be read or written, in one sentence.
package struct FileError: Error, Hashable, Sendable, CustomStringConvertible {
  package enum Cause: Hashable, Sendable {
    /// The system's `errno`.
    case system(Int32)
    /// A directory, a device, a pipe.
    case notRegular
    /// Its group or others may read or write it.
    case notPrivate
    /// Its group or others may write it.
    case writableByOthers
    /// The user it belongs to is neither the host's nor root.
    case foreignOwner(UInt32)
    case tooLarge(limit: Int)
  }

  /// What was tried: "read", "write".
  package let verb: String
  package let path: String
  package let cause: Cause

  package var isMissing: Bool { cause == .system(ENOENT) || cause == .system(ENOTDIR) }
  package var isLink: Bool { cause == .system(ELOOP) }

  /// What happened, without the path.
  package var reason: String {
    switch cause {
    case .system(let number): Self.text(of: number)
    case .notRegular: "it is not a regular file"
    case .notPrivate: "others than its owner may read or write it"
    case .writableByOthers: "others than its owner may write it"
    case .foreignOwner(let user): "it belongs to user \(user)"
    case .tooLarge(let limit): "it is larger than \(limit) bytes"
    }
  }

  package var description: String { "cannot \(verb) '\(path)': \(reason)" }

  /// The system's words for an `errno`, beginning in lower case.
  static func text(of number: Int32) -> String {
    let text = String(posixError: number)
    return text.prefix(1).lowercased() + text.dropFirst()
  }
}
