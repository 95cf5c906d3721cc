// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import PluginSDK
internal import SQLite

/// The rows of results: every way they change.
final class ResultTables {
  /// Bodies larger than this are files.
  private static let inlineBytes = 64 << 10

  let database: Database
  let places: ResultPlaces
  let limits: ResultLimits
  let blobs: BlobStore
  /// What is to be told once it is committed, by the result's id.
  private var notices: [String: JSONValue] = [:]
  private var order: [String] = []
  /// Whether rows went that may have been the last to name a file.
  private var mayHaveUnused = false
  private var liveFilesToRemove: [String] = []

  init(database: Database, places: ResultPlaces, limits: ResultLimits) {
    self.database = database
    self.places = places
    self.limits = limits
    blobs = BlobStore(directory: places.blobs)
  }

  /// Runs changes of rows: all of them or none. Files that nothing names any more go after the commit.
  func transaction<Result>(_ body: () throws -> Result) throws -> Result {
    do {
      var unused: [String] = []
      let result = try database.transaction {
        let result = try body()
        if mayHaveUnused { unused = try blobs.forgetUnused(database) }
        return result
      }
      for file in unused + liveFilesToRemove { DiskFiles.remove(file) }
      (mayHaveUnused, liveFilesToRemove) = (false, [])
      return result
    } catch {
      (mayHaveUnused, liveFilesToRemove) = (false, [])
      (notices, order) = ([:], [])
      throw error
    }
  }

  /// Writes changes, in order.
  ///
  /// - Returns: What is to be told.
  func apply(_ changes: [ResultChange]) throws -> [JSONValue] {
    try transaction {
      for change in changes { try apply(change) }
      try sweep(changes)
    }
    return takeNotices()
  }

  func takeNotices() -> [JSONValue] {
    defer { (notices, order) = ([:], []) }
    return order.compactMap { notices[$0] }
  }

  /// Notes what is to be told of a result; the last thing counts.
  func note(_ id: String, _ change: String, document: String?, _ more: [String: JSONValue] = [:]) {
    if notices[id] == nil { order.append(id) }
    // A result that came and went on in one go is told of as new.
    let change = notices[id]?["change"] == "added" && change != "removed" ? "added" : change
    var notice: JSONValue = ["id": .string(id), "change": .string(change)]
    if let document { notice["document"] = .string(document) }
    for (name, value) in more { notice[name] = value }
    notices[id] = notice
  }

  private func apply(_ change: ResultChange) throws {
    switch change {
    case .began(let run): try begin(run)
    case .started(let run, let time): try start(run, time)
    case .output(let record): try put(record)
    case .update(let id, let record): try update(id, record)
    case .clear(let run): try clearOutputs(run)
    case .leftOut(let run, let outputs, let bytes):
      try touch(run, "left_out_outputs = ?2, left_out_bytes = ?3") {
        try $0.bind(2, Int64(outputs))
        try $0.bind(3, Int64(bytes))
      }
    case .executionCount(let run, let count):
      try touch(run, "execution_count = ?2") { try $0.bind(2, Int64(count)) }
    case .ended(let run, let ending): try end(run, ending)
    }
  }
}

// MARK: - Runs

extension ResultTables {
  private func begin(_ run: RunDescription) throws {
    let insert = try database.cached(
      """
      INSERT OR IGNORE INTO results(id, kernel, document, first_line, last_line, source, code, hash, client, state, queued)
      VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, 'queued', ?10)
      """)
    try insert.bind(1, run.id)
    try insert.bind(2, run.kernel)
    try insert.bind(3, run.document)
    try insert.bind(4, run.lines.map { Int64($0.lowerBound) })
    try insert.bind(5, run.lines.map { Int64($0.upperBound) })
    try insert.bind(6, run.source)
    try insert.bind(7, run.code)
    try insert.bind(8, BlockText.hash(run.source))
    try insert.bind(9, run.client)
    try insert.bind(10, run.queued)
    try insert.run()
    note(run.id, "added", document: run.document, ["state": "queued"])
  }

  private func start(_ run: String, _ time: Double) throws {
    guard let row = try ResultRow.find(run, database) else { return }
    if let document = row.document, let span = row.span { try settleOverlaps(document, span, row) }
    try touch(run, "state = CASE state WHEN 'queued' THEN 'running' ELSE state END, started = ?2") { try $0.bind(2, time) }
  }

  /// Applies the rule of overlaps to all earlier results of the document.
  private func settleOverlaps(_ document: String, _ span: LineSpan, _ new: ResultRow) throws {
    let earlier = try ResultRow.list(
      "document = ?1 AND first_line <= ?2 AND last_line >= ?3 AND id <> ?4 AND state <> 'queued'", database
    ) {
      try $0.bind(1, document)
      try $0.bind(2, Int64(span.last))
      try $0.bind(3, Int64(span.first))
      try $0.bind(4, new.id)
    }
    // An orphan's lines are not there any more: nothing of the document overlaps it.
    for old in earlier where old.freshness != .orphaned {
      guard let place = old.span else { continue }
      switch OverlapRule.of(earlier: place, isPinned: old.isPinned, new: span) {
      case .keeps: break
      case .goesStale: try touch(old.id, "stale = 1") { _ in }
      case .isReplaced: try remove(old, because: "replaced")
      }
    }
  }

  private func end(_ run: String, _ ending: RunEnding) throws {
    guard let row = try ResultRow.find(run, database) else { return }
    // It was never begun, so there is nothing to show, and what its lines gave before is still what they gave.
    if row.state == "queued", ending.status == .aborted || ending.status == .lost {
      return try remove(row, because: "never_begun")
    }
    let sets = "state = ?2, execution_count = ifnull(?3, execution_count), reason = ?4, timings = ?5, ended = ?6"
    try touch(run, sets) {
      try $0.bind(2, ending.status.rawValue)
      try $0.bind(3, ending.executionCount.map { Int64($0) })
      try $0.bind(4, ending.reason)
      try $0.bind(5, Self.json(ending.timings).serialized())
      try $0.bind(6, ending.timings.idle ?? ending.timings.reply ?? unixTime())
    }
  }

  static func json(_ timings: RunTimings) -> JSONValue {
    var value: JSONValue = ["queued": .number(timings.queued)]
    let others = [
      ("sent", timings.sent), ("busy", timings.busy), ("first_output", timings.firstOutput), ("reply", timings.reply),
      ("idle", timings.idle),
    ]
    for (name, time) in others { if let time { value[name] = .number(time) } }
    return value
  }

  /// Changes a row, and counts that it was changed. `?1` is the id.
  func touch(_ run: String, _ sets: String, _ bind: (Statement) throws -> Void) throws {
    let update = try database.cached("UPDATE results SET \(sets), revision = revision + 1 WHERE id = ?1")
    try update.bind(1, run)
    try bind(update)
    try update.run()
    guard database.changes > 0, let row = try ResultRow.find(run, database) else { return }
    note(run, "updated", document: row.document, ["state": .string(row.state), "revision": .integer(row.revision)])
  }

  /// What a live result must know to go on.
  func reopen(_ run: String) throws -> (hasStarted: Bool, hasEnded: Bool, nextPosition: Int, bytes: Int)? {
    guard let row = try ResultRow.find(run, database) else { return nil }
    let sums = try database.cached("SELECT ifnull(max(position) + 1, 0), ifnull(sum(bytes), 0) FROM outputs WHERE result = ?1")
    try sums.bind(1, row.number)
    defer { sums.reset() }
    guard try sums.step() else { return nil }
    let hasEnded = row.state != "queued" && row.state != "running"
    return (row.state != "queued", hasEnded, Int(sums.presentInteger(0)), Int(sums.presentInteger(1)))
  }
}

// MARK: - Outputs

extension ResultTables {
  /// Writes an output, in place of what stood at its position.
  private func put(_ record: OutputRecord) throws {
    guard let row = try ResultRow.find(record.run, database) else { return discard(record) }
    let position = try database.cached("SELECT id FROM outputs WHERE result = ?1 AND position = ?2")
    try position.bind(1, row.number)
    try position.bind(2, Int64(record.position))
    let old = try position.step() ? position.integer(0) : nil
    position.reset()
    let insert = try database.cached(
      """
      INSERT INTO outputs(id, result, position, kind, name, mime_types, display_id, execution_count, body, blob, live, settled, bytes, lines,
        left_out, late, time)
      VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)
      ON CONFLICT(id) DO UPDATE SET body = ?9, blob = ?10, live = ?11, settled = ?12, bytes = ?13, lines = ?14, left_out = ?15
      """)
    try bind(record, to: insert)
    try insert.bind(1, old)
    try insert.bind(2, row.number)
    try insert.bind(3, Int64(record.position))
    try insert.run()
    if old == nil { try putBuffers(record.buffers, database.lastInsertedRow) }
    try touch(record.run, "stale = stale") { _ in }
  }

  private func bind(_ record: OutputRecord, to insert: Statement) throws {
    var (body, blob, live) = (record.body, String?.none, record.live)
    if let file = live, let digest = file.digest {
      try blobs.adopt("\(places.live)/\(file.name)", digest: digest, bytes: file.settled, database)
      // The row that is there until the commit names the file still.
      liveFilesToRemove.append("\(places.live)/\(file.name)")
      (blob, live) = (digest, nil)
    } else if live == nil, body.count > Self.inlineBytes {
      blob = try blobs.store(body, database)
      body = []
    }
    try insert.bind(4, record.kind.rawValue)
    try insert.bind(5, record.name)
    try insert.bind(6, JSONValue.array(record.mimeTypes.map { .string($0) }).serialized())
    try insert.bind(7, record.displayID)
    try insert.bind(8, record.executionCount.map { Int64($0) })
    try insert.bind(9, blob: body)
    try insert.bind(10, blob)
    try insert.bind(11, live?.name)
    try insert.bind(12, Int64(live?.settled ?? 0))
    try insert.bind(13, Int64(record.bytes))
    try insert.bind(14, Int64(record.lines))
    try insert.bind(15, Int64(record.leftOut))
    try insert.bind(16, Int64(record.isLate ? 1 : 0))
    try insert.bind(17, record.time)
  }

  /// The result was removed while its run went on.
  private func discard(_ record: OutputRecord) {
    if let live = record.live { liveFilesToRemove.append("\(places.live)/\(live.name)") }
  }

  private func putBuffers(_ buffers: [[UInt8]], _ output: Int64) throws {
    for (position, buffer) in buffers.enumerated() {
      let blob = buffer.count > Self.inlineBytes ? try blobs.store(buffer, database) : nil
      let insert = try database.cached("INSERT INTO buffers(output, position, body, blob, bytes) VALUES (?1, ?2, ?3, ?4, ?5)")
      try insert.bind(1, output)
      try insert.bind(2, Int64(position))
      if blob == nil { try insert.bind(3, blob: buffer) }
      try insert.bind(4, blob)
      try insert.bind(5, Int64(buffer.count))
      try insert.run()
    }
  }

  /// Changes every output of the kernel with that display id, in whatever document.
  private func update(_ displayID: String, _ record: OutputRecord) throws {
    guard let row = try ResultRow.find(record.run, database) else { return }
    var places: [(output: Int64, run: String)] = []
    let find = try database.cached(
      "SELECT o.id, r.id FROM outputs o JOIN results r ON r.number = o.result WHERE o.display_id = ?1 AND r.kernel = ?2")
    try find.bind(1, displayID)
    try find.bind(2, row.kernel)
    try find.forEachRow { places.append(($0.presentInteger(0), $0.text(1) ?? "")) }
    guard !places.isEmpty else { return }
    let blob = record.body.count > Self.inlineBytes ? try blobs.store(record.body, database) : nil
    for place in places { try replace(place.output, record, blob) }
    mayHaveUnused = true
    for run in Set(places.map(\.run)) { try touch(run, "stale = stale") { _ in } }
  }

  private func replace(_ output: Int64, _ record: OutputRecord, _ blob: String?) throws {
    let update = try database.cached("UPDATE outputs SET body = ?2, blob = ?3, mime_types = ?4, bytes = ?5, left_out = ?6 WHERE id = ?1")
    try update.bind(1, output)
    try update.bind(2, blob: blob == nil ? record.body : [])
    try update.bind(3, blob)
    try update.bind(4, JSONValue.array(record.mimeTypes.map { .string($0) }).serialized())
    try update.bind(5, Int64(record.bytes))
    try update.bind(6, Int64(record.leftOut))
    try update.run()
    let delete = try database.cached("DELETE FROM buffers WHERE output = ?1")
    try delete.bind(1, output)
    try delete.run()
    try putBuffers(record.buffers, output)
  }

  private func clearOutputs(_ run: String) throws {
    guard let row = try ResultRow.find(run, database) else { return }
    try removeOutputs(of: row.number)
    try touch(run, "left_out_outputs = 0, left_out_bytes = 0") { _ in }
  }

  private func removeOutputs(of result: Int64) throws {
    let live = try database.cached("SELECT live FROM outputs WHERE result = ?1 AND live IS NOT NULL")
    try live.bind(1, result)
    try live.forEachRow { liveFilesToRemove.append("\(places.live)/\($0.text(0) ?? "")") }
    for statement in [
      "DELETE FROM buffers WHERE output IN (SELECT id FROM outputs WHERE result = ?1)", "DELETE FROM outputs WHERE result = ?1",
    ] {
      let delete = try database.cached(statement)
      try delete.bind(1, result)
      try delete.run()
    }
    mayHaveUnused = true
  }

  /// Removes a result and all that is its.
  func remove(_ row: ResultRow, because reason: String) throws {
    try removeOutputs(of: row.number)
    let delete = try database.cached("DELETE FROM results WHERE number = ?1")
    try delete.bind(1, row.number)
    try delete.run()
    note(row.id, "removed", document: row.document, ["reason": .string(reason)])
  }
}

// MARK: - Limits

extension ResultTables {
  /// Removes the oldest results of documents that have too many, and of all when they are too large. Pinned ones and open runs stay.
  private func sweep(_ changes: [ResultChange]) throws {
    var documents: Set<String> = []
    var hasEnded = false
    for case .ended(let run, _) in changes {
      hasEnded = true
      // Code from nowhere is a document of its own.
      if let row = try ResultRow.find(run, database) { documents.insert(row.document ?? "") }
    }
    for document in documents { try sweep(document) }
    if hasEnded { try sweepAll() }
  }

  private func sweep(_ document: String) throws {
    let these = "ifnull(document, '') = ?1"
    let sizes = try sizes(these) { try $0.bind(1, document) }
    try removeOldest(sizes, most: limits.resultsPerDocument, bytes: limits.bytesPerDocument)
  }

  private func sweepAll() throws {
    // The sum first: it is nearly always enough.
    guard Int(try database.integer("SELECT ifnull(sum(bytes), 0) FROM outputs") ?? 0) > limits.bytes else { return }
    try removeOldest(try sizes("1") { _ in }, most: .max, bytes: limits.bytes)
  }

  /// Ids and sizes, the newest first.
  private func sizes(_ condition: String, _ bind: (Statement) throws -> Void) throws -> [(id: String, bytes: Int)] {
    let list = try database.cached(
      """
      SELECT id, (SELECT ifnull(sum(bytes), 0) FROM outputs WHERE result = number) FROM results
      WHERE \(condition) AND pinned = 0 AND state NOT IN ('queued', 'running') ORDER BY number DESC
      """)
    try bind(list)
    var sizes: [(id: String, bytes: Int)] = []
    try list.forEachRow { sizes.append(($0.text(0) ?? "", Int($0.presentInteger(1)))) }
    return sizes
  }

  private func removeOldest(_ sizes: [(id: String, bytes: Int)], most: Int, bytes: Int) throws {
    var sum = 0
    for (index, size) in sizes.enumerated() {
      sum += size.bytes
      // The newest stays, whatever its size: it was just asked for.
      guard index > 0, index >= most || sum > bytes, let row = try ResultRow.find(size.id, database) else { continue }
      try remove(row, because: "limit")
    }
  }
}
