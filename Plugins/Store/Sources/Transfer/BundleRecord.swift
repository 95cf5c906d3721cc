// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import PluginSDK
internal import SQLite

/// `store.record_bundle`: a line about a bundle that was written or read.
enum BundleRecord {
  struct Input: Decodable, Sendable {
    var key: String
    var direction: Direction
    var path: String
    var format: String
    var manifest: JSONValue?
    var runs: [String]
    var ts: Double
  }

  enum Direction: String, Decodable, Sendable { case export, `import` }

  static func answer(_ input: Input, _ database: Database) throws -> JSONValue { ["id": .integer(try record(input, database))] }

  /// Writes the line; the same key again changes nothing.
  ///
  /// - Returns: Its row.
  static func record(_ input: Input, _ database: Database) throws -> Int64 {
    let insert = try database.prepare(
      "INSERT OR IGNORE INTO main.bundles(key, direction, path, format, manifest, runs, ts) VALUES (?, ?, ?, ?, ?, ?, ?)")
    try insert.bind(1, input.key)
    try insert.bind(2, input.direction.rawValue)
    try insert.bind(3, input.path)
    try insert.bind(4, input.format)
    try insert.bind(5, input.manifest?.serialized())
    try insert.bind(6, JSONValue.array(input.runs.map { .string($0) }).serialized())
    try insert.bind(7, input.ts)
    try insert.run()
    let select = try database.prepare("SELECT id FROM main.bundles WHERE key = ?")
    try select.bind(1, input.key)
    guard try select.step(), let id = select.integer(0) else {
      throw PluginFailure("cannot record the bundle '\(input.path)': its row is not there after it was written")
    }
    return id
  }
}
