// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import SQLite

/// One run of a lineage.
struct LineageNode {
  let id: Int64
  let name: String
  let lastLoss: Double?
  let meta: JSONValue
  /// What the answer says of it.
  let value: JSONValue

  static func read(_ id: Int64, at place: LineagePlaces.Place?, _ database: Database) throws -> LineageNode? {
    let best =
      try database.first(
        """
        SELECT min(run_metrics.min) FROM run_metrics JOIN metric_names ON id = metric WHERE run = ?1 AND name = 'val_loss'
        UNION ALL SELECT min(val_loss) FROM epochs WHERE run = ?1 ORDER BY 1 NULLS LAST LIMIT 1
        """, [.integer(id)]
      ) { $0.double(0) } ?? nil
    return try database.first("SELECT \(RunRow.columns), meta, bundle FROM runs WHERE id = ?1", [.integer(id)]) { row in
      let meta = row.text(RunRow.count).flatMap { try? JSONValue(parsing: $0) } ?? .null
      var value = RunRow.values(row)
      value["best_val_loss"] = JSONValue(best)
      value["column"] = JSONValue(place.map { Int64($0.column) })
      value["lane"] = JSONValue(place.map { Int64($0.lane) })
      value["kind"] = meta["kind"] ?? .null
      value["bundle"] = JSONValue(row.integer(RunRow.count + 1))
      return LineageNode(id: id, name: row.text(0) ?? "", lastLoss: row.double(7), meta: meta, value: .object(value))
    }
  }
}
