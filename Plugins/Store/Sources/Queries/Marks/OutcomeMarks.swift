// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import SQLite

/// What came of a run on the way: alerts, checkpoints, tests, reports, checks of its health.
enum OutcomeMarks {
  static func read(_ run: Int64, _ kinds: Set<MarkKind>, _ limit: Int, _ database: Database) throws -> [Mark] {
    var marks: [Mark] = []
    for (kind, columns, mark) in tables where kinds.contains(kind) {
      marks += try database.rows(
        "SELECT step, ts, id, \(columns) WHERE run = ?1 ORDER BY id DESC LIMIT \(limit + 1)", [.integer(run)]
      ) { row in
        var mark = mark(row)
        (mark.step, mark.ts) = (row.integer(0), row.double(1))
        mark.more["id"] = JSONValue(row.integer(2))
        return mark
      }
    }
    return marks
  }

  private static let tables: [(MarkKind, String, @Sendable (Statement) -> Mark)] = [
    (.alert, "kind, severity, sentence, ended, key FROM alerts", alert),
    (.checkpoint, "kind, path FROM checkpoints", checkpoint),
    (.test, "label, source, avg_loss FROM tests", test),
    (.report, "samples, subset_on FROM reports", report),
    (.health, "name, verdict, sentence FROM health", health),
  ]

  @Sendable private static func alert(_ row: Statement) -> Mark {
    let more: [String: JSONValue] = [
      "alert": JSONValue(row.text(3)), "severity": JSONValue(row.text(4)), "ended": JSONValue(row.double(6)), "key": JSONValue(row.text(7)),
    ]
    return Mark(kind: .alert, text: row.text(5) ?? "", more: more)
  }

  @Sendable private static func checkpoint(_ row: Statement) -> Mark {
    let kind = row.text(3) ?? ""
    return Mark(kind: .checkpoint, text: "checkpoint (\(kind))", more: ["checkpoint": .string(kind), "path": JSONValue(row.text(4))])
  }

  @Sendable private static func test(_ row: Statement) -> Mark {
    let loss = row.double(5)
    let text = "test" + (row.text(3).map { " '\($0)'" } ?? "") + (loss.map { ": loss \(Mark.short($0))" } ?? "")
    return Mark(
      kind: .test, text: text, more: ["label": JSONValue(row.text(3)), "source": JSONValue(row.text(4)), "avg_loss": JSONValue(loss)])
  }

  @Sendable private static func report(_ row: Statement) -> Mark {
    let samples = row.integer(3)
    return Mark(
      kind: .report, text: "losses of \(samples ?? 0) samples", more: ["samples": JSONValue(samples), "subset_on": JSONValue(row.text(4))])
  }

  @Sendable private static func health(_ row: Statement) -> Mark {
    Mark(kind: .health, text: row.text(5) ?? "", more: ["name": JSONValue(row.text(3)), "verdict": JSONValue(row.text(4))])
  }
}
