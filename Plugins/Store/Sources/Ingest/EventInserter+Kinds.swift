// SPDX-License-Identifier: Apache-2.0
// What each kind of event becomes beside its row in `events`.

internal import JSON
internal import SQLite

extension EventInserter {
  func spread(_ event: JSONElement, _ place: Place) throws(SQLiteError) {
    switch place.kind {
    case .step: try spreadStep(place)
    case .log, .error: try spreadLog(event, place)
    case .epoch: try spreadEpoch(event, place)
    case .session: try spreadSession(event, place)
    case .newRun: try spreadNewRun(event, place)
    case .paused:
      place.run?.pausedStep = fields.step
      change(to: .paused, place)
    case .resumed: change(to: .running, place)
    case .stopping: change(to: .stopping, place)
    case .runFinalized: change(to: .finished, place)
    case .finished: change(to: event["status"]?.equals("stopped") == true ? .stopped : .finished, place)
    case .processStarted: spreadProcess(event, place)
    case .processJoined: try spreadJoining(event, place)
    case .processEnded: try spreadEnding(event, place)
    case .runTransition, .other, .testStep, .testComplete, .autoTestComplete, .checkpointSaved, .artifact: break
    }
    try spreadOutcome(event, place)
  }

  private func spreadOutcome(_ event: JSONElement, _ place: Place) throws(SQLiteError) {
    guard place.kind != .step, let run = place.run else { return }
    counts.rows += try outcomes.insert(
      event, place.kind,
      at: OutcomeInserter.Place(
        session: place.session.id, seq: place.seq, run: run.id, step: fields.step, ts: fields.ts, cwd: place.session.cwd))
  }

  func change(to state: RunState, _ place: Place) {
    place.run?.change(to: state, session: place.session.id, seq: place.seq)
  }

  func spreadStep(_ place: Place) throws(SQLiteError) {
    guard let run = place.run, let step = fields.step else { return }
    let (session, seq) = (place.session.id, place.seq)
    var loss: Double?
    metricRows.removeAll(keepingCapacity: true)
    for value in fields.values {
      if value.name == lossName { loss = value.number }
      guard let index = try summaryIndex(of: value.name, in: run) else {
        refuse(1, of: run)
        continue
      }
      let metric = run.summaries[index].metric
      metricRows.append(MetricInserter.Row(metric: metric, value: value.number))
      run.add(value.number, step: step, session: session, seq: seq, to: index)
      try pyramids.add(value.number, step: step, to: &run.pyramids[index], run: run.id, metric: metric)
    }
    // The event is new, so each of them is.
    try metricInserter.insert(metricRows, run: run.id, step: step, session: session, seq: seq)
    counts.rows += metricRows.count
    if fields.unnamed > 0 { refuse(fields.unnamed, of: run) }
    run.tookStep(step, epoch: fields.epoch, loss: loss, session: session, seq: seq)
  }

  func refuse(_ values: Int, of run: RunRecord) {
    run.refused += Int64(values)
    counts.refusedMetrics += values
  }

  /// The place of a metric in the run's summaries, made for a new one unless the run has too many.
  func summaryIndex(of name: Int, in run: RunRecord) throws(SQLiteError) -> Int? {
    if name < run.places.count, run.places[name] >= 0 { return Int(run.places[name]) }
    ledger.makeRoom(for: name, in: run)
    if run.summaries.count >= metricNamesPerRun {
      // The name may be an old one of the run, not looked up since the start.
      guard let index = try existingSummary(of: name, in: run) else { return nil }
      run.places[name] = Int32(index)
      return index
    }
    let metric = try ledger.metric(name, in: names)
    let index = run.summaries.firstIndex { $0.metric == metric } ?? ledger.add(MetricSummary(metric: metric), to: run)
    run.places[name] = Int32(index)
    return index
  }

  func existingSummary(of name: Int, in run: RunRecord) throws(SQLiteError) -> Int? {
    let select = try database.cached("SELECT id FROM metric_names WHERE name = ?")
    defer { select.reset() }
    try select.bind(1, names.metric(name))
    guard try select.step(), let metric = select.integer(0) else { return nil }
    return run.summaries.firstIndex { $0.metric == metric }
  }

  func spreadLog(_ event: JSONElement, _ place: Place) throws(SQLiteError) {
    let insert = try database.cached("INSERT INTO logs(session, seq, run, level, phase, ts, text) VALUES (?, ?, ?, ?, ?, ?, ?)")
    try insert.bind(1, place.session.id)
    try insert.bind(2, place.seq)
    try insert.bind(3, place.run?.id ?? place.session.run)
    try insert.bind(4, place.kind == .error ? "error" : event["level"]?.string ?? "info")
    try insert.bind(5, event["phase"]?.string)
    try insert.bind(6, place.time)
    try insert.bind(7, fields.text?.string ?? event["message"]?.string ?? "")
    try insert.run()
    counts.rows += 1
    counts.logs += 1
    // A kept script that prints is there, whatever was thought of it when the store began anew.
    if let run = ownRun(of: place), run.state == .lost { change(to: .running, place) }
  }

  func spreadEpoch(_ event: JSONElement, _ place: Place) throws(SQLiteError) {
    guard let run = place.run, let epoch = fields.epoch else { return }
    let insert = try database.cached("INSERT OR IGNORE INTO epochs(run, epoch, session, seq, val_loss, ts) VALUES (?, ?, ?, ?, ?, ?)")
    try insert.bind(1, run.id)
    try insert.bind(2, epoch)
    try insert.bind(3, place.session.id)
    try insert.bind(4, place.seq)
    try insert.bind(5, event["val_loss"]?.double)
    try insert.bind(6, fields.ts)
    try insert.run()
    counts.rows += 1
  }

  func spreadSession(_ event: JSONElement, _ place: Place) throws(SQLiteError) {
    place.session.runName = event["run_name"]?.string
    if let project = event["project"]?.string {
      place.session.project = project
      for run in try ledger.runs(of: place.session) where run.project == nil {
        run.project = project
        ledger.touch(run)
      }
    }
    change(to: .running, place)
  }

  func spreadNewRun(_ event: JSONElement, _ place: Place) throws(SQLiteError) {
    guard let run = place.run else { return }
    if let meta = event["meta"], meta.kind == .object {
      run.meta = meta.value().serialized()
      run.displayName = meta["display_name"]?.string ?? run.displayName
    }
    var parents: [String] = []
    event["parents"]?.forEachElement { if let name = $0.string { parents.append(name) } }
    for name in parents { try addParent(name, to: run) }
    change(to: .running, place)
  }

  /// Notes that a run came from another.
  func addParent(_ name: String, to run: RunRecord) throws(SQLiteError) {
    guard name != run.name, !name.isEmpty else { return }
    let insert = try database.cached("INSERT OR IGNORE INTO run_edges(child, parent) VALUES (?, ?)")
    try insert.bind(1, run.id)
    try insert.bind(2, ledger.run(named: name).id)
    try insert.run()
  }
}
