// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import SQLite

/// Gives checkpoints of runs that were known before an import the files that came with the bundle, where their own are gone.
///
/// Used inside the import's transaction, which has made `temp.map_runs` and `temp.map_checkpoints`.
struct CheckpointRepair {
  /// A row here and the file that could stand in for its own.
  private struct Candidate {
    let id: Int64
    let run: Int64
    let name: String
    let step: Int64
    let path: String
    let kept: String?
    /// What its content is known to be.
    let sha256: String?
    /// The checkpoint's id in the bundle.
    let guest: String
    let file: String
  }

  let database: Database
  let files: CheckpointFiles
  /// Of the bundle's files, by the ids of their checkpoints in the bundle.
  let hashes: [String: String]

  /// Repairs what can be repaired.
  ///
  /// - Returns: Which, as run, step and path.
  func run() throws -> [JSONValue] {
    var repaired: [JSONValue] = []
    for candidate in try candidates() where needsFile(candidate) {
      guard try lead(candidate, to: candidate.file) else { continue }
      repaired.append(["run": .string(candidate.name), "step": .integer(candidate.step), "path": .string(candidate.file)])
    }
    return repaired
  }

  /// A checkpoint is the same one when it is of the same run and step, and of the same path or else of the same kind and moment.
  private func candidates() throws -> [Candidate] {
    try database.rows(
      """
      SELECT m.id, m.run, r.name, m.step, m.path, m.kept, m.sha256, CAST(g.id AS TEXT), f.path
      FROM temp.map_runs k JOIN guest.checkpoints g ON g.run = k.guest JOIN temp.map_checkpoints f ON f.guest = g.id
      JOIN main.checkpoints m ON m.run = k.live AND m.step = g.step
        AND (m.path = g.path OR m.path = 'bundle:' || g.path OR (m.kind = g.kind AND m.ts = g.ts))
      JOIN main.runs r ON r.id = m.run
      WHERE NOT k.fresh ORDER BY m.id, g.id
      """
    ) {
      Candidate(
        id: $0.integer(0) ?? 0, run: $0.integer(1) ?? 0, name: $0.text(2) ?? "", step: $0.integer(3) ?? 0, path: $0.text(4) ?? "",
        kept: $0.text(5), sha256: $0.text(6), guest: $0.text(7) ?? "", file: $0.text(8) ?? "")
    }
  }

  /// A row that has a file stays as it is, and so does one whose content is known to be another than the bundle's.
  private func needsFile(_ candidate: Candidate) -> Bool {
    guard files.usable(path: candidate.path, kept: candidate.kept) == nil, CheckpointFiles.exists(candidate.file) else { return false }
    return candidate.sha256 == nil || candidate.sha256 == hashes[candidate.guest]
  }

  /// - Returns: Whether the row now leads there; not when it was given a file already, or another row of the step has this one.
  private func lead(_ candidate: Candidate, to file: String) throws -> Bool {
    let changed = try database.run(
      "UPDATE OR IGNORE main.checkpoints SET path = ?1 WHERE id = ?2 AND path = ?3",
      [.text(file), .integer(candidate.id), .text(candidate.path)])
    guard changed > 0 else { return false }
    for table in ["tests", "reports"] {
      try database.run(
        "UPDATE main.\(table) SET checkpoint = ?1 WHERE run = ?2 AND checkpoint = ?3",
        [.text(file), .integer(candidate.run), .text(candidate.path)])
    }
    return true
  }
}
