// SPDX-License-Identifier: Apache-2.0

internal import PluginSDK
internal import SQLite

/// Goes over the values of a copied database, run by run, metric by metric, step by step, one in memory at a time.
struct MetricReader {
  private let database: Database
  private let metrics: [String]?

  /// - Parameter metrics: Only these; nil is all.
  init(path: String, metrics: [String]?) throws {
    database = try Database(path: path, access: .readOnly)
    self.metrics = metrics
    for name in metrics ?? [] { try require(name) }
  }

  /// How many values there are.
  func count() throws -> Int64 { try database.integer("SELECT ifnull(sum(count), 0) FROM run_metrics") ?? 0 }

  func forEach(_ body: (MetricPoint) throws -> Void) throws {
    let select = try database.prepare(
      """
      SELECT r.name, n.name, m.step, e.epoch, e.ts, m.value FROM metrics m CROSS JOIN runs r ON r.id = m.run
      CROSS JOIN metric_names n ON n.id = m.metric LEFT JOIN events e ON e.session = m.session AND e.seq = m.seq
      ORDER BY m.run, m.metric, m.step, m.session, m.seq
      """)
    let wanted = metrics.map(Set.init)
    try select.forEachRow { row in
      let name = row.text(1) ?? ""
      guard wanted?.contains(name) ?? true else { return }
      try body(
        MetricPoint(
          run: row.text(0) ?? "", metric: name, step: row.integer(2) ?? 0, epoch: row.integer(3), time: row.double(4),
          value: row.double(5) ?? 0))
    }
  }

  private func require(_ name: String) throws {
    var known: [String] = []
    try database.prepare("SELECT name FROM metric_names ORDER BY name").forEachRow { known.append($0.text(0) ?? "") }
    guard !known.contains(name) else { return }
    let list =
      known.isEmpty ? "they have none yet" : "they have \(known.prefix(20).joined(separator: ", "))" + (known.count > 20 ? ", …" : "")
    throw PluginFailure("these runs have no metric '\(BundlePath.shown(name))'; \(list)", code: "metric_not_found", status: .notFound)
  }
}
