// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import SQLite

/// What a trainer told of itself: pauses, resumptions, the stop, the end.
enum EventMarks {
  static func read(_ run: Int64, _ kinds: Set<MarkKind>, _ limit: Int, _ database: Database) throws -> [Mark] {
    var marks: [Mark] = []
    // The condition on the kinds is that of the index, word for word.
    try database.each(
      """
      SELECT events.kind, ts, step, epoch, body, name FROM events LEFT JOIN sessions ON sessions.id = session
      WHERE run = ?1 AND kind IN (\(Migrations.markedKinds)) ORDER BY ts DESC, session DESC, seq DESC LIMIT \(4 * limit)
      """, [.integer(run)]
    ) { row in
      guard let kind = row.integer(0).flatMap(EventKind.init), let mark = mark(kind, row), kinds.contains(mark.kind) else { return }
      // A pause is told by whoever asked for it and by the loop that notices it; the one that tells more stays.
      if mark.kind == .pause, let last = marks.last, last.kind == .pause, last.step == mark.step {
        if last.more["request"] == nil { marks[marks.count - 1] = mark }
        return
      }
      marks.append(mark)
    }
    return marks
  }

  private static func mark(_ kind: EventKind, _ row: Statement) -> Mark? {
    let body = row.text(4).flatMap { try? JSONValue(parsing: $0) } ?? .null
    guard var mark = mark(kind, body) else { return nil }
    mark.ts = row.double(1)
    mark.step = row.integer(2)
    mark.epoch = row.integer(3)
    mark.more["session"] = JSONValue(row.text(5))
    return mark
  }

  private static func mark(_ kind: EventKind, _ body: JSONValue) -> Mark? {
    switch kind {
    case .paused:
      let reason = body["request"]?["reason"]?.stringValue ?? body["request"]?["action"]?.stringValue
      return Mark(kind: .pause, text: reason.map { "paused (\($0))" } ?? "paused", more: body["request"].map { ["request": $0] } ?? [:])
    case .resumed: return Mark(kind: .resume, text: "resumed")
    case .stopping: return Mark(kind: .stop, text: "told to stop")
    case .finished:
      let status = body["status"]?.stringValue ?? "completed"
      return Mark(kind: .finish, text: "training ended (\(status))", more: ["status": .string(status)])
    case .other, .step, .log, .epoch, .session, .newRun, .runTransition, .runFinalized, .error, .testStep, .testComplete, .autoTestComplete,
      .checkpointSaved, .artifact, .processStarted, .processJoined, .processEnded:
      return nil
    }
  }
}
