// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import SQLite

/// `runs.subset`: the samples a run trains on, when not on all.
enum SubsetDetail {
  struct Input: Decodable, Sendable {
    var run: String
  }

  static func answer(_ input: Input, _ database: Database) throws -> JSONValue {
    let run = try RunFinder.run(input.run, database)
    let indices = try database.first("SELECT indices FROM subsets WHERE run = ?1", [.integer(run)]) {
      PackedNumbers.integers($0.blob(0) ?? [])
    }
    return [
      "run": .string(input.run), "count": JSONValue(indices.map { Int64($0.count) }),
      "indices": indices.map { .array($0.map { .integer($0) }) } ?? .null,
    ]
  }
}
