// SPDX-License-Identifier: Apache-2.0
// What the answers to commands leave behind. They have no place in a session's sequence: each row is known by what is in it.

internal import JSON
internal import SQLite

extension EventInserter {
  /// An answer and the command it belongs to.
  private struct Reply {
    let key: String
    let session: SessionRecord?
    /// The run the trainer was at when the command was sent.
    let run: String?
    let payload: JSONElement?
    let data: JSONElement
    let ts: Double?
    let cwd: String?

    /// A run that the answer names, or else the one the trainer was at.
    func run(_ name: JSONElement?) -> String? { name?.string.flatMap { $0.isEmpty ? nil : $0 } ?? run }
  }

  /// Stores what an answer leaves behind.
  func insertReply(_ text: Span<UInt8>) throws(SQLiteError) {
    guard let event = parse(text), let command = event["cmd"]?.string, let data = event["data"], data.kind == .object,
      let key = event["key"]?.string, !key.isEmpty
    else { return reject("an answer without 'cmd', 'key' or 'data'") }
    let name = event["session_id"]?.string ?? ""
    let session = name.isEmpty ? nil : try ledger.session(named: name)
    let run = event["run_id"]?.string.flatMap { $0.isEmpty ? nil : $0 }
    let reply = Reply(
      key: key, session: session, run: run, payload: event["payload"], data: data, ts: event["ts"]?.double,
      cwd: event["cwd"]?.string ?? session?.cwd)
    switch command {
    case "pause": try keepCheckpoint(data["ckpt"], data["step"], of: reply.run, .pause, reply)
    case "save_ckpt": try keepCheckpoint(data["path"], data["step"], of: reply.run, .save, reply)
    case "test", "test_now": try keepCheckpoint(data["ckpt_path"], data["step"], of: reply.run(data["run_id"]), .test, reply)
    case "prepare_export":
      try keepCheckpoint(data["ckpt"]?["path"], data["ckpt"]?["step"], of: reply.run(data["ckpt"]?["run"]), .export, reply)
    case "fork": try keepFork(reply)
    case "merge": try keepMerge(reply)
    case "reset_session": try keepReset(reply)
    case "generate_report": try keepReport(reply)
    default: break  // the answer leaves nothing behind that events do not tell as well
    }
  }

  private func keepCheckpoint(
    _ path: JSONElement?, _ step: JSONElement?, of run: String?, _ kind: CheckpointKind, _ reply: Reply
  ) throws(SQLiteError) {
    // A null path: nothing was written, which is no fault.
    guard let path = path?.string else { return }
    guard let run, let session = reply.session else { return reject("a checkpoint of no run or no session") }
    let place = OutcomeInserter.Place(
      session: session.id, seq: 0, run: try ledger.run(named: run).id, step: step?.wholeNumber, ts: reply.ts, cwd: reply.cwd)
    counts.rows += try outcomes.insertCheckpoint(path, kind, at: place)
  }

  private func keepFork(_ reply: Reply) throws(SQLiteError) {
    guard let child = try childRun(reply) else { return }
    let parent = reply.payload?["parent_run_id"] ?? reply.payload?["owner_run_id"]
    if let parent = reply.run(parent) { try addParent(parent, to: child) }
    guard let indices = reply.data["subset_indices"], indices.kind != .null else { return }
    guard let packed = PackedNumbers.indices(indices) else {
      return reject("the subset of the run '\(shortened(child.name))': its indices are not all whole numbers from 0")
    }
    guard !packed.isEmpty else { return }
    // A name can be used again; then the younger answer counts.
    let insert = try database.cached(
      """
      INSERT INTO subsets(run, ts, count, indices) VALUES (?, ?, ?, ?)
      ON CONFLICT(run) DO UPDATE SET ts = excluded.ts, count = excluded.count, indices = excluded.indices WHERE excluded.ts > ts
      """)
    try insert.bind(1, child.id)
    try insert.bind(2, reply.ts)
    try insert.bind(3, Int64(packed.count / 8))
    try insert.bind(4, blob: packed)
    try insert.run()
    insert.clearBindings()
    counts.rows += database.changes
  }

  private func keepMerge(_ reply: Reply) throws(SQLiteError) {
    guard let child = try childRun(reply) else { return }
    var parents: [String] = []
    reply.data["parents"]?.forEachElement { if let name = $0.string { parents.append(name) } }
    for name in parents { try addParent(name, to: child) }
  }

  /// The run that a fork or merge made; nil when it made none.
  private func childRun(_ reply: Reply) throws(SQLiteError) -> RunRecord? {
    guard let name = reply.data["new_run"]?.string, !name.isEmpty else { return nil }
    let child = try ledger.run(named: name)
    if let ts = reply.ts, child.started == nil {
      child.saw(at: ts)
      ledger.touch(child)
    }
    if let session = reply.session { try ledger.join(session, child) }
    return child
  }

  /// A reset begins a session and a run that no event announces.
  private func keepReset(_ reply: Reply) throws(SQLiteError) {
    let data = reply.data
    guard let name = data["run_id"]?.string, !name.isEmpty else { return reject("a reset that names no run") }
    let run = try ledger.run(named: name)
    run.displayName = run.displayName ?? data["display_name"]?.string
    run.project = run.project ?? data["project"]?.string
    if run.started == nil, let ts = reply.ts { run.saw(at: ts) }
    if run.state == .new {
      run.state = .paused
      // It begins at 1, and its first step is a sign of going on.
      run.pausedStep = -1
    }
    ledger.touch(run)
    guard let sessionName = data["session_id"]?.string, !sessionName.isEmpty else { return }
    let session = try ledger.session(named: sessionName)
    session.project = session.project ?? data["project"]?.string
    // The same process goes on.
    session.pid = session.pid ?? reply.session?.pid
    session.cwd = session.cwd ?? reply.cwd
    session.process = session.process ?? reply.session?.process
    if run.stateSession == nil { run.stateSession = session.id }
    ledger.touch(session)
    try ledger.join(session, run)
  }

  private func keepReport(_ reply: Reply) throws(SQLiteError) {
    let (data, meta) = (reply.data, reply.data["meta"])
    guard let name = reply.run(data["owner_run_id"] ?? reply.payload?["owner_run_id"]) else { return reject("a report of no run") }
    guard let losses = PackedNumbers.numbers(data["losses"]), let indices = PackedNumbers.indices(data["sample_indices"]),
      losses.count == indices.count
    else {
      return reject(
        "a report of the run '\(shortened(name))': its losses and sample indices are not two lists of numbers of one length")
    }
    let insert = try database.cached(
      """
      INSERT OR IGNORE INTO reports(key, run, session, subset_on, note, step, epoch, checkpoint, samples, ts, losses, indices)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """)
    try insert.bind(1, reply.key)
    try insert.bind(2, try ledger.run(named: name).id)
    try insert.bind(3, reply.session?.id)
    try insert.bind(4, meta?["subset_on"]?.string ?? reply.payload?["subset_on"]?.string ?? "val")
    try insert.bind(5, meta?["note"]?.string)
    try insert.bind(6, meta?["at_step"]?.wholeNumber)
    try insert.bind(7, meta?["at_epoch"]?.wholeNumber)
    try insert.bind(8, meta?["owner_ckpt_path"]?.string.map { TrainerPath.absolute($0, in: reply.cwd) })
    try insert.bind(9, Int64(losses.count / 8))
    try insert.bind(10, reply.ts)
    try insert.bind(11, blob: losses)
    try insert.bind(12, blob: indices)
    try insert.run()
    // The statement is kept; the arrays need not be.
    insert.clearBindings()
    counts.rows += database.changes
  }

  /// A name for a log line.
  private func shortened(_ name: String) -> String { name.utf8.count > 100 ? name.prefix(100) + "…" : name }
}
