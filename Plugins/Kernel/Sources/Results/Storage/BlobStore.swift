// SPDX-License-Identifier: Apache-2.0

internal import Crypto
internal import SQLite

/// Large outputs, each in a file named by the SHA-256 of its bytes: the same bytes are kept once.
///
/// A file is there before a row names it and goes after the last row that does, so that whatever happens in between leaves at most a file
/// too many, which the next start removes.
struct BlobStore {
  let directory: String

  func path(of digest: String) -> String { "\(directory)/\(digest.prefix(2))/\(digest)" }

  /// Keeps bytes.
  ///
  /// - Returns: Their digest.
  func store(_ bytes: [UInt8], _ database: Database) throws -> String {
    let digest = try SHA256.digest(of: bytes).description
    if !DiskFiles.exists(path(of: digest)) {
      try DiskFiles.makeDirectory("\(directory)/\(digest.prefix(2))")
      try DiskFiles.write(bytes, to: path(of: digest))
    }
    try note(digest, bytes.count, database)
    return digest
  }

  /// Gives a file its name among the blobs too. Nothing happens when that was done before.
  func adopt(_ file: String, digest: String, bytes: Int, _ database: Database) throws {
    if !DiskFiles.exists(path(of: digest)) {
      try DiskFiles.makeDirectory("\(directory)/\(digest.prefix(2))")
      try DiskFiles.link(file, to: path(of: digest))
    }
    try note(digest, bytes, database)
  }

  private func note(_ digest: String, _ bytes: Int, _ database: Database) throws {
    let statement = try database.cached("INSERT OR IGNORE INTO blobs(sha256, bytes) VALUES (?1, ?2)")
    try statement.bind(1, digest)
    try statement.bind(2, Int64(bytes))
    try statement.run()
  }

  /// Forgets the rows of blobs that nothing names any more.
  ///
  /// - Returns: Files to be removed once this is committed.
  func forgetUnused(_ database: Database) throws -> [String] {
    var files: [String] = []
    let unused = "sha256 NOT IN (SELECT blob FROM outputs WHERE blob IS NOT NULL UNION SELECT blob FROM buffers WHERE blob IS NOT NULL)"
    try database.cached("SELECT sha256 FROM blobs WHERE \(unused)").forEachRow { files.append(path(of: $0.text(0) ?? "")) }
    if !files.isEmpty { try database.cached("DELETE FROM blobs WHERE \(unused)").run() }
    return files
  }

  /// Removes files that no row names: what a crash left.
  func sweep(_ database: Database) throws {
    for folder in DiskFiles.names(in: directory) {
      for name in DiskFiles.names(in: "\(directory)/\(folder)") {
        let statement = try database.cached("SELECT 1 FROM blobs WHERE sha256 = ?1")
        try statement.bind(1, name)
        defer { statement.reset() }
        if try !statement.step() { DiskFiles.remove("\(directory)/\(folder)/\(name)") }
      }
    }
  }
}
