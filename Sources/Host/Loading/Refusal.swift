// SPDX-License-Identifier: Apache-2.0

/// Why a plugin is not let in: one sentence with the path, the cause and the cure.
package struct Refusal: Error, Hashable, Sendable, CustomStringConvertible {
  package enum Code: String, Sendable {
    // The files
    case notFound, notRegular, outsideDirectory, foreignOwner, writableByOthers, unreadable, tooLarge
    // The manifest
    case badManifest, duplicate, namespaceTaken, missingService
    // The library
    case notELF, damaged, otherClass, otherMachine, notShared, executableStack, textRelocations, noEntry, otherABI
    case missingLibrary, missingSymbol, missingVersion
    // What was allowed
    case changed, beingWritten, unusableLock, notStored
  }

  package let code: Code
  /// The file or directory at fault.
  package let path: String
  package let message: String

  package var description: String { message }

  /// - Parameter cause: What happened, then what to do, with "; " between.
  package init(_ code: Code, path: String, loading library: String? = nil, _ cause: String) {
    self.code = code
    self.path = path
    message = "cannot load '\(library ?? path)': \(cause)"
  }
}
