// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import SQLite

/// What a fork or a merge changed on the way from a parent to its child.
enum LineageEdge {
  static func value(from parent: Int64, to child: LineageNode, parents: Int, _ database: Database) throws -> JSONValue {
    let meta = child.meta
    let name = try database.first("SELECT name FROM runs WHERE id = ?1", [.integer(parent)]) { $0.text(0) ?? "" } ?? ""
    // A fork tells its step. A merge does not: its parents are taken as they were last.
    let step = meta["at_step"]?.intValue.map(Int64.init)
    let before = try loss(of: parent, at: step, database)
    var gained: Double?
    if let before, let after = child.lastLoss { gained = before - after }
    return [
      "from": .string(name), "to": .string(child.name), "kind": meta["kind"] ?? (parents > 1 ? "merge" : .null),
      "at_step": JSONValue(step), "strategy": meta["strategy"] ?? .null, "init_from": meta["init_from"] ?? .null,
      "subset_count": meta["subset_count"] ?? .null, "selection": meta["selection"] ?? .null, "region": meta["region"] ?? .null,
      "loss_at_fork": JSONValue(before), "loss_gained": JSONValue(gained),
    ]
  }

  /// The loss at a step, or at the last one before it that has any.
  private static func loss(of run: Int64, at step: Int64?, _ database: Database) throws -> Double? {
    try database.first(
      """
      SELECT value FROM metrics WHERE run = ?1 AND metric = (SELECT id FROM metric_names WHERE name = 'loss') AND step <= ?2
      ORDER BY step DESC, session DESC, seq DESC LIMIT 1
      """, [.integer(run), .integer(step ?? .max)]
    ) { $0.double(0) } ?? nil
  }
}
