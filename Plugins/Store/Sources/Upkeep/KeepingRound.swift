// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import PluginSDK
internal import SQLite

/// One look at checkpoints after the other: which are to be kept, which changed, which may go.
struct KeepingRound {
  /// Whose checkpoints are looked at.
  enum Scope: Sendable {
    case all
    case runs([String])
  }

  /// A checkpoint that could not be kept.
  struct Problem {
    let run: String
    let path: String
    let reason: any Error
  }

  /// A row of `checkpoints`.
  private struct Row {
    let id: Int64
    let run: String
    let path: String
  }

  /// A file that is being written, or a full disk, is tried again so many times, each with the next commit of its run.
  private static let attempts = 5

  let policy: CheckpointPolicy
  let files: CheckpointFiles
  let queue: EventQueue
  let cancellation: Cancellation
  /// How often a row was tried in vain; those that will not get better are at the limit.
  private var failed: [Int64: Int] = [:]

  init(policy: CheckpointPolicy, files: CheckpointFiles, queue: EventQueue, cancellation: Cancellation) {
    (self.policy, self.files, self.queue, self.cancellation) = (policy, files, queue, cancellation)
  }

  /// Does all there is to do.
  ///
  /// - Returns: What could not be kept, each told once.
  mutating func look(at scope: Scope, _ reader: Reader) throws -> [Problem] {
    var problems: [Problem] = []
    for run in try runs(scope, reader) {
      try cancellation.check()
      try followChanges(of: run, reader)
      for row in try reader.snapshot({ try wanted(of: run, $0) }) where failed[row.id, default: 0] < Self.attempts {
        try cancellation.check()
        do {
          try keep(row, reader)
        } catch {
          try cancellation.check()
          if failed[row.id] == nil { problems.append(Problem(run: row.run, path: row.path, reason: error)) }
          let mayPass = (error as? FileProblem).map { $0.isPassing || $0.isFull } ?? false
          failed[row.id] = mayPass ? failed[row.id, default: 0] + 1 : Self.attempts
        }
      }
      try release(of: run, reader)
    }
    return problems
  }

  private func runs(_ scope: Scope, _ reader: Reader) throws -> [Int64] {
    try reader.snapshot { database in
      switch scope {
      case .all: try database.rows("SELECT DISTINCT run FROM checkpoints ORDER BY run") { $0.integer(0) ?? 0 }
      case .runs(let names):
        try names.compactMap { name in try database.first("SELECT id FROM runs WHERE name = ?1", [.text(name)]) { $0.integer(0) ?? 0 } }
      }
    }
  }

  // MARK: - Keeping

  private func wanted(of run: Int64, _ database: Database) throws -> [Row] {
    let most = if case .last(let count) = policy { Int64(count) } else { Int64.max }
    return try database.rows(
      """
      SELECT id, (SELECT name FROM runs WHERE runs.id = ?1), path FROM
        (SELECT id, path, kept FROM checkpoints WHERE run = ?1 AND (?2 OR kind = 'pause') ORDER BY step DESC, id DESC LIMIT ?3)
      WHERE kept IS NULL ORDER BY id
      """, [.integer(run), .integer(policy == .paused ? 0 : 1), .integer(most)]
    ) { Row(id: $0.integer(0) ?? 0, run: $0.text(1) ?? "", path: $0.text(2) ?? "") }
  }

  private func keep(_ row: Row, _ reader: Reader) throws {
    guard row.path.hasPrefix("/") else {
      throw FileProblem("cannot read '\(row.path)': the directory it is in is not known; give the trainer an absolute save_dir")
    }
    let (file, facts) = try FileTools.open(row.path)
    defer { FileTools.close(file) }
    let digest = try FileTools.digest(file, facts, row.path, cancellation)
    let name = try place(file, facts, row.path, digest, reader)
    let files = files
    _ = try WriteJob.runBlocking(on: queue) { database in
      // A file that other rows had may be gone with them since it was found.
      guard files.isIntact(name) else { throw FileProblem("cannot keep '\(row.path)': its copy was removed meanwhile", isPassing: true) }
      try database.run(
        "UPDATE checkpoints SET kept = ?1, bytes = ?2, sha256 = ?3 WHERE id = ?4",
        [.text(name), .integer(facts.bytes), .text(digest), .integer(row.id)])
      return WriteJob.Outcome(answer: .null, changedRuns: [row.run])
    }
  }

  /// Finds or makes the kept file of a content.
  private func place(_ file: Int32, _ facts: FileFacts, _ path: String, _ digest: String, _ reader: Reader) throws -> String {
    let known = try reader.snapshot { database in
      try database.rows("SELECT DISTINCT kept FROM checkpoints WHERE sha256 = ?1 AND kept IS NOT NULL", [.text(digest)]) {
        $0.text(0) ?? ""
      }
    }
    if let name = known.first(where: files.isIntact) { return name }
    let link = KeptName(digest: digest, linkTo: facts).text
    if try FileTools.link(file, to: files.path(link)) {
      FileTools.syncDirectory(files.directory)
      return link
    }
    let copy = KeptName(digest: digest, linkTo: nil).text
    try FileTools.copy(file, facts, from: path, to: files.path(copy), expecting: digest, cancellation)
    FileTools.syncDirectory(files.directory)
    return copy
  }

  // MARK: - Links that were written to

  /// Gives links whose file was written to since the name and the digest of what they hold now; rows of other files lose theirs.
  private func followChanges(of run: Int64, _ reader: Reader) throws {
    let kept = try reader.snapshot { database in
      try database.rows("SELECT DISTINCT kept FROM checkpoints WHERE run = ?1 AND kept LIKE '%-%-%'", [.integer(run)]) { $0.text(0) ?? "" }
    }
    for old in kept {
      guard let facts = FileFacts(path: files.path(old)), facts.isRegular, KeptName(old)?.isIntact(facts) == false else { continue }
      do {
        try follow(old)
      } catch let problem as FileProblem where problem.isPassing {
        // Still being written: the next commit comes back to it.
        continue
      }
    }
  }

  private func follow(_ old: String) throws {
    let (file, facts) = try FileTools.open(files.path(old))
    defer { FileTools.close(file) }
    let digest = try FileTools.digest(file, facts, files.path(old), cancellation)
    let new = KeptName(digest: digest, linkTo: facts).text
    guard try FileTools.link(file, to: files.path(new)) else { return }
    let files = files
    _ = try WriteJob.runBlocking(.alone, on: queue) { database in
      let changed = try database.transaction { try Self.rename(old, to: new, digest, facts, database) }
      try files.removeUnreferenced([old, new], database)
      return WriteJob.Outcome(answer: .null, changedRuns: changed)
    }
  }

  private static func rename(_ old: String, to new: String, _ digest: String, _ facts: FileFacts, _ database: Database) throws -> [String] {
    let rows = try database.rows(
      "SELECT checkpoints.id, name, path FROM checkpoints JOIN runs ON runs.id = run WHERE kept = ?1", [.text(old)]
    ) { Row(id: $0.integer(0) ?? 0, run: $0.text(1) ?? "", path: $0.text(2) ?? "") }
    for row in rows {
      // Only rows of this very file have its new content; what others had is no more.
      let source = FileFacts(path: row.path)
      let isSame = source?.inode == facts.inode && source?.device == facts.device
      try database.run(
        "UPDATE checkpoints SET kept = ?1, bytes = ?2, sha256 = ?3 WHERE id = ?4",
        isSame ? [.text(new), .integer(facts.bytes), .text(digest), .integer(row.id)] : [.null, .null, .null, .integer(row.id)])
    }
    return rows.map(\.run)
  }

  // MARK: - Letting go

  /// Of "last N" the older ones.
  private func release(of run: Int64, _ reader: Reader) throws {
    guard case .last(let count) = policy else { return }
    let old = try reader.snapshot { database in
      try database.rows(
        """
        SELECT id, kept FROM
          (SELECT id, kept FROM checkpoints WHERE run = ?1 ORDER BY step DESC, id DESC LIMIT -1 OFFSET \(count))
        WHERE kept IS NOT NULL
        """, [.integer(run)]
      ) { (id: $0.integer(0) ?? 0, kept: $0.text(1) ?? "") }
    }
    guard !old.isEmpty else { return }
    let files = files
    _ = try WriteJob.runBlocking(.alone, on: queue) { database in
      let name = try database.transaction {
        for row in old { try database.run("UPDATE checkpoints SET kept = NULL WHERE id = ?1", [.integer(row.id)]) }
        return try database.first("SELECT name FROM runs WHERE id = ?1", [.integer(run)]) { $0.text(0) ?? "" }
      }
      try files.removeUnreferenced(Set(old.map(\.kept)), database)
      return WriteJob.Outcome(answer: .null, changedRuns: name.map { [$0] } ?? [])
    }
  }
}
