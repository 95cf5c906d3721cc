// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import SQLite

/// `runs.marks`: what was done with a run and what happened to it, along its steps.
enum RunMarks {
  struct Input: Decodable, Sendable {
    var run: String
    var kinds: [MarkKind]?
    var from: Int64?
    var to: Int64?
    var limit: Int?
  }

  static func answer(_ input: Input, _ database: Database) throws -> JSONValue {
    let run = try RunFinder.run(input.run, database)
    let kinds = Set(input.kinds ?? MarkKind.allCases)
    let limit = min(max(input.limit ?? 1_000, 1), 10_000)
    var marks: [Mark] = []
    for source in [EventMarks.read, FamilyMarks.read, OutcomeMarks.read, LearningRateMarks.read] {
      marks += try source(run, kinds, limit, database)
    }
    marks = marks.filter { mark in
      guard kinds.contains(mark.kind) else { return false }
      guard let step = mark.step else { return input.from == nil && input.to == nil }
      return step >= input.from ?? .min && step <= input.to ?? .max
    }
    marks.sort(by: Mark.precedes)
    let shown = marks.suffix(limit)
    let epochs = EpochFinder(run: run, database: database)
    let values = try shown.map { mark in
      var mark = mark
      if mark.epoch == nil, let step = mark.step { mark.epoch = try epochs.epoch(at: step) }
      return mark.value
    }
    return ["marks": .array(values), "more": .bool(shown.count < marks.count)]
  }
}

/// Tells which epoch a step of a run belongs to.
struct EpochFinder {
  let run: Int64
  let database: Database

  /// The epoch of the step's event, or of the last one before it.
  func epoch(at step: Int64) throws -> Int64? {
    try database.first(
      """
      SELECT epoch FROM events JOIN (
        SELECT session AS s, seq AS q FROM metrics WHERE run = ?1 AND metric = (SELECT min(metric) FROM run_metrics WHERE run = ?1)
        AND step <= ?2 ORDER BY step DESC, session DESC, seq DESC LIMIT 1) ON session = s AND seq = q
      """, [.integer(run), .integer(step)]
    ) { $0.integer(0) } ?? nil
  }
}
