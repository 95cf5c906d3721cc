// SPDX-License-Identifier: Apache-2.0
// What the trainers' door tells by itself: connections, sessions and processes. Of processes the bridge of scripts tells, too.

internal import JSON
internal import SQLite

extension EventInserter {
  /// Marks the runs of sessions whose connection has ended.
  func insertDisconnection(_ text: Span<UInt8>) throws(SQLiteError) {
    guard let event = parse(text), event["stillConnected"]?.bool != true else { return }
    var sessions: [String] = []
    if let name = event["session_id"]?.string { sessions.append(name) }
    event["sessions"]?.forEachElement { if let name = $0.string { sessions.append(name) } }
    for name in sessions where !name.isEmpty {
      for run in try ledger.aliveRuns(of: ledger.session(Array(name.utf8).span)) {
        run.state = .lost
        ledger.touch(run)
      }
    }
  }

  /// Notes how a session is, and where its process runs.
  func insertStatus(_ text: Span<UInt8>) throws(SQLiteError) {
    guard let status = parse(text) else { return reject("a session's status that is no JSON object") }
    // A trainer that has not said which session it is has no row yet.
    guard let name = status["session_id"]?.string, !name.isEmpty else { return }
    let session = try ledger.session(named: name)
    let (pid, cwd) = (status["pid"]?.int ?? session.pid, status["cwd"]?.string ?? session.cwd)
    if session.cwd == nil, let cwd { try settlePaths(of: session, in: cwd) }
    if pid != session.pid || cwd != session.cwd {
      (session.pid, session.cwd) = (pid, cwd)
      ledger.touch(session)
    }
    guard let run = status["run_id"]?.string, !run.isEmpty, let state = status["state"]?.string.flatMap(SessionStatus.init) else { return }
    let record = try ledger.run(named: run)
    record.take(state, session: session.id)
    ledger.touch(record)
    try ledger.join(session, record)
  }

  /// What was told before the working directory was known gets its place; whoever shows or keeps checkpoints hears of it.
  private func settlePaths(of session: SessionRecord, in directory: String) throws(SQLiteError) {
    guard try RelativePaths(database: database).settle(session: session.id, in: directory) > 0 else { return }
    for run in try ledger.runs(of: session) { ledger.touch(run) }
  }

  func spreadProcess(_ event: JSONElement, _ place: Place) {
    let session = place.session
    session.runName = event["name"]?.string
    session.pid = event["pid"]?.int
    session.cwd = event["cwd"]?.string
    session.command = event["command"].flatMap { $0.kind == .array ? $0.value().serialized() : nil } ?? "[]"
    guard let run = ownRun(of: place) else { return }
    run.displayName = session.runName ?? run.displayName
    change(to: .running, place)
  }

  /// The run that a process is by itself: a script whose output is kept is a run under its own name.
  func ownRun(of place: Place) -> RunRecord? { place.run.flatMap { $0.name == place.session.name ? $0 : nil } }

  /// A trainer showed up in the process: what it said so far belongs to the trainer's run.
  func spreadJoining(_ event: JSONElement, _ place: Place) throws(SQLiteError) {
    if let name = event["trainer_session"]?.string, !name.isEmpty, name != place.session.name {
      let trainer = try ledger.session(named: name)
      trainer.process = place.session.id
      ledger.touch(trainer)
    }
    try giveLines(of: place)
  }

  func spreadEnding(_ event: JSONElement, _ place: Place) throws(SQLiteError) {
    place.session.exitStatus = event["exit_status"]?.int
    place.session.exitSignal = event["exit_signal"]?.int
    place.session.ended = place.time
    if ownRun(of: place) != nil {
      change(to: place.session.exitStatus != nil ? .finished : place.session.exitSignal != nil ? .stopped : .lost, place)
    }
    try giveLines(of: place)
  }

  /// Gives the lines of a process that came before its run was known to the run.
  private func giveLines(of place: Place) throws(SQLiteError) {
    guard let run = place.run, place.session.run == nil else { return }
    place.session.run = run.id
    let update = try database.cached("UPDATE logs SET run = ? WHERE session = ? AND run IS NULL")
    try update.bind(1, run.id)
    try update.bind(2, place.session.id)
    try update.run()
  }
}
