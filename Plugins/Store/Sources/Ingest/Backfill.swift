// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import SQLite

/// Fills what schema 2 brought from what schema 1 kept. Reads in the order of the file, one row at a time, whatever its size.
struct Backfill {
  let database: Database

  /// Does all of it, inside the migration's transaction.
  func run() throws {
    try fillPyramid()
    try fillOutcomes()
  }

  /// The pyramid alone, of a database that has all of it yet to come.
  func fillPyramid() throws {
    let inserter = try PyramidInserter(database)
    let select = try database.prepare("SELECT run, metric, step, value FROM metrics ORDER BY run, metric, step")
    var pyramid = MetricPyramid()
    var place: (run: Int64, metric: Int64) = (0, 0)
    while try select.step() {
      guard let run = select.integer(0), let metric = select.integer(1), let step = select.integer(2), let value = select.double(3)
      else { continue }
      if (run, metric) != place {
        try inserter.flush(&pyramid, run: place.run, metric: place.metric)
        pyramid = MetricPyramid()
        place = (run, metric)
      }
      try inserter.add(value, step: step, to: &pyramid, run: run, metric: metric)
    }
    try inserter.flush(&pyramid, run: place.run, metric: place.metric)
  }

  /// Tests, checkpoints and artifacts stood in the bodies of events only.
  private func fillOutcomes() throws {
    let outcomes = OutcomeInserter(database: database)
    // Schema 1 knew no kind for what is told apart now: those are 0, others.
    let next = try database.prepare(
      """
      SELECT session, seq, run, kind, ts, step, body FROM events
      WHERE (session, seq) > (?, ?) AND kind IN (0, 5, 6) AND body IS NOT NULL ORDER BY session, seq LIMIT 1
      """)
    var (session, seq) = (Int64.min, Int64.min)
    while true {
      try next.bind(1, session)
      try next.bind(2, seq)
      guard try next.step() else { return }
      (session, seq) = (next.integer(0) ?? 0, next.integer(1) ?? 0)
      let place = next.integer(2).map { run in
        OutcomeInserter.Place(session: session, seq: seq, run: run, step: next.integer(5), ts: next.double(4))
      }
      let body = Array((next.text(6) ?? "").utf8)
      next.reset()
      try fill(body, session, seq, place, outcomes)
    }
  }

  private func fill(_ body: [UInt8], _ session: Int64, _ seq: Int64, _ place: OutcomeInserter.Place?, _ outcomes: OutcomeInserter) throws {
    guard let event = try? JSONParser().parse(body), let kind = event["type"]?.string.map(EventKind.init(type:)), kind != .other else {
      return
    }
    let update = try database.cached("UPDATE events SET kind = ? WHERE session = ? AND seq = ?")
    try update.bind(1, kind.rawValue)
    try update.bind(2, session)
    try update.bind(3, seq)
    try update.run()
    if let place { _ = try outcomes.insert(event, kind, at: place) }
  }
}
