// SPDX-License-Identifier: Apache-2.0

internal import Crypto
internal import SQLite

/// Puts in order what an earlier host left: texts that were still being written, and files that no row names.
struct ResultRecovery {
  let tables: ResultTables

  func run() throws {
    let database = tables.database
    DiskFiles.remove(tables.places.backlog)
    try database.transaction {
      for text in try openTexts() { try settle(text) }
      try endRuns()
    }
    for name in DiskFiles.names(in: tables.places.live) { DiskFiles.remove("\(tables.places.live)/\(name)") }
    let unused = try database.transaction { try tables.blobs.forgetUnused(database) }
    for file in unused { DiskFiles.remove(file) }
    try tables.blobs.sweep(database)
  }

  /// What ran when the host ended: nobody heard how it went on.
  private func endRuns() throws {
    let update = try tables.database.cached(
      "UPDATE results SET state = 'lost', reason = ?1 WHERE state IN ('queued', 'running')")
    try update.bind(1, "the host ended while it ran; the kernel may have gone on")
    try update.run()
  }

  private struct OpenText {
    var output: Int64
    var file: String
    var settled: Int
    var body: [UInt8]
  }

  private func openTexts() throws -> [OpenText] {
    var texts: [OpenText] = []
    try tables.database.cached("SELECT id, live, settled, body FROM outputs WHERE live IS NOT NULL").forEachRow { row in
      texts.append(
        OpenText(
          output: row.presentInteger(0), file: "\(tables.places.live)/\(row.text(1) ?? "")", settled: Int(row.presentInteger(2)),
          body: row.blob(3) ?? []))
    }
    return texts
  }

  /// Ends a text where its row says it ended: what the file has beyond was never told to anybody.
  private func settle(_ text: OpenText) throws {
    let bytes: Int
    var digest: String?
    if let file = try? DiskFile(path: text.file, .append), file.count >= text.settled {
      file.truncate(to: text.settled)
      try file.append(text.body)
      digest = try Self.digest(file)
      bytes = file.count
    } else {
      bytes = text.body.count
    }
    if let digest { try tables.blobs.adopt(text.file, digest: digest, bytes: bytes, tables.database) }
    let update = try tables.database.cached(
      "UPDATE outputs SET live = NULL, settled = 0, blob = ?2, body = ?3, bytes = ?4, left_out = left_out + ?5 WHERE id = ?1")
    try update.bind(1, text.output)
    try update.bind(2, digest)
    try update.bind(3, blob: digest == nil ? text.body : [])
    try update.bind(4, Int64(bytes))
    try update.bind(5, Int64(digest == nil ? text.settled : 0))
    try update.run()
  }

  private static func digest(_ file: DiskFile) throws -> String {
    let hash = try SHA256()
    var offset = 0
    while offset < file.count {
      let block = try file.read(at: offset, 1 << 20)
      guard !block.isEmpty else { break }
      try hash.update(block)
      offset += block.count
    }
    try file.sync()
    return try hash.finish().description
  }
}
