// SPDX-License-Identifier: Apache-2.0

internal import PluginSDK
internal import SQLite

/// Finds a run's metrics by name, and says which it has when there is none of that name.
enum MetricFinder {
  /// The metric's row, nil when the run has no value of it.
  static func find(_ name: String, of run: Int64, _ database: Database) throws -> Int64? {
    try database.first(
      "SELECT id FROM metric_names JOIN run_metrics ON metric = id WHERE name = ?1 AND run = ?2", [.text(name), .integer(run)]
    ) { $0.integer(0) ?? 0 }
  }

  /// The failure that lists what there is.
  static func notFound(_ name: String, run: Int64, runName: String, _ database: Database) throws -> PluginFailure {
    let known = try database.rows(
      "SELECT name FROM run_metrics JOIN metric_names ON id = metric WHERE run = ?1 ORDER BY name LIMIT 21", [.integer(run)]
    ) { $0.text(0) ?? "" }
    let list = known.isEmpty ? "it has none yet" : "it has \(known.prefix(20).joined(separator: ", "))" + (known.count > 20 ? ", …" : "")
    return PluginFailure("the run '\(runName)' has no metric '\(name)'; \(list)", code: "metric_not_found", status: .notFound)
  }
}
