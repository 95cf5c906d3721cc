// SPDX-License-Identifier: Apache-2.0

internal import Crypto

/// The file that a long text is written to while it grows, and its digest so far.
final class TextSpool {
  let name: String
  private let file: DiskFile
  private let hash: SHA256

  init(name: String, in directory: String) throws {
    self.name = name
    file = try DiskFile(path: "\(directory)/\(name)", .new)
    hash = try SHA256()
  }

  var count: Int { file.count }

  /// Appends all of it, or nothing.
  func append(_ bytes: [UInt8]) throws {
    try file.append(bytes)
    try hash.update(bytes)
  }

  /// The digest of all; nothing may be appended any more.
  func finish() throws -> String {
    try file.sync()
    return try hash.finish().description
  }
}
