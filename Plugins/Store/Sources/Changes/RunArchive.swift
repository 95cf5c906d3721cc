// SPDX-License-Identifier: Apache-2.0

internal import FoundationEssentials
internal import JSON
internal import PluginSDK
internal import SQLite

/// `runs.archive`: takes runs out of the list, or back into it. Nothing of them is removed.
enum RunArchive {
  struct Input: Decodable, Sendable {
    var run: String?
    var runs: [String]?
    var archived: Bool?

    var all: [String] { (run.map { [$0] } ?? []) + (runs ?? []) }
  }

  static func apply(_ input: Input, _ database: Database) throws -> WriteJob.Outcome {
    guard !input.all.isEmpty else {
      throw PluginFailure("no run is named; give 'run' or 'runs'", code: "run_missing", status: .invalid)
    }
    let archived = input.archived ?? true
    let now = Date().timeIntervalSince1970
    for name in input.all {
      let run = try RunFinder.run(name, database)
      try database.run(
        "UPDATE runs SET archived = CASE WHEN ?1 THEN coalesce(archived, ?2) END WHERE id = ?3",
        [.integer(archived ? 1 : 0), .number(now), .integer(run)])
    }
    return WriteJob.Outcome(
      answer: ["runs": .array(input.all.map { .string($0) }), "archived": .bool(archived)], changedRuns: input.all)
  }
}
