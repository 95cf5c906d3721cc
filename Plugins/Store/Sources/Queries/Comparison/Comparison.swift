// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import PluginSDK
internal import SQLite

/// `runs.compare`: the same numbers of several runs beside one another.
enum Comparison {
  struct Input: Decodable, Sendable {
    var runs: [String]
    var metrics: [String]?
    var align: Bool?
    var points: Int?
  }

  private static let mostRuns = 100
  private static let mostMetrics = 200

  static func answer(_ input: Input, _ database: Database) throws -> JSONValue {
    guard !input.runs.isEmpty, input.runs.count <= mostRuns else {
      throw PluginFailure(
        "\(input.runs.count) runs cannot be compared; name 1 to \(mostRuns) of them in 'runs'", code: "runs_out_of_range", status: .invalid)
    }
    let runs = try input.runs.map { (id: try RunFinder.run($0, database), name: $0) }
    let metrics = try input.metrics ?? allMetrics(of: runs.map(\.id), database)
    let rows = try runs.map { try row(of: $0.id, metrics, database) }
    var answer: [String: JSONValue] = [
      "runs": .array(rows), "metrics": .array(metrics.map { .string($0) }), "differences": .array(MetaDifferences.find(in: rows)),
    ]
    if input.align == true {
      let points = min(max(input.points ?? 200, 2), 10_000)
      answer["aligned"] = .object(
        try Dictionary(metrics.map { ($0, try AlignedSteps.values(of: $0, runs, points: points, database)) }) { first, _ in first })
    }
    return .object(answer)
  }

  private static func allMetrics(of runs: [Int64], _ database: Database) throws -> [String] {
    var names: Set<String> = []
    for run in runs {
      try database.each(
        "SELECT name FROM run_metrics JOIN metric_names ON id = metric WHERE run = ?1 ORDER BY name LIMIT \(mostMetrics)", [.integer(run)]
      ) { names.insert($0.text(0) ?? "") }
    }
    return Array(names.sorted().prefix(mostMetrics))
  }

  private static func row(of run: Int64, _ metrics: [String], _ database: Database) throws -> JSONValue {
    let shown = try database.first(
      "SELECT \(RunRow.columns), meta, (SELECT count(DISTINCT epoch) FROM epochs WHERE run = runs.id) FROM runs WHERE id = ?1",
      [.integer(run)]
    ) { row in
      var values = RunRow.values(row)
      values["meta"] = row.text(RunRow.count).flatMap { try? JSONValue(parsing: $0) } ?? .null
      values["epochs"] = JSONValue(row.integer(RunRow.count + 1))
      if let started = row.double(8), let updated = row.double(9) { values["duration"] = .number(updated - started) }
      return values
    }
    guard var values = shown else { return .null }
    values["metrics"] = .object(
      try Dictionary(
        metrics.map { ($0, try MetricFinder.find($0, of: run, database).map { try numbers(of: $0, run, database) } ?? .null) }
      ) { first, _ in first })
    return .object(values)
  }

  /// Nothing here reads a whole series: the ends come from the key, the extremes from the pyramid's top.
  private static func numbers(of metric: Int64, _ run: Int64, _ database: Database) throws -> JSONValue {
    let key: [SQLParameter] = [.integer(run), .integer(metric)]
    func point(_ sql: String) throws -> (JSONValue, JSONValue)? {
      try database.first(sql, key) { (JSONValue($0.double(0)), JSONValue($0.integer(1))) }
    }
    let first = try point("SELECT value, step FROM metrics WHERE run = ?1 AND metric = ?2 ORDER BY step, session, seq LIMIT 1")
    let last = try point(
      "SELECT value, step FROM metrics WHERE run = ?1 AND metric = ?2 ORDER BY step DESC, session DESC, seq DESC LIMIT 1")
    let top = "FROM pyramid WHERE run = ?1 AND metric = ?2 AND level = 2 ORDER BY"
    let least = try point("SELECT min, min_step \(top) min, bucket LIMIT 1")
    let greatest = try point("SELECT max, max_step \(top) max DESC, bucket LIMIT 1")
    let (count, mean) =
      try database.first("SELECT sum(count), total(sum) / sum(count) FROM pyramid WHERE run = ?1 AND metric = ?2 AND level = 2", key) {
        (JSONValue($0.integer(0)), JSONValue($0.double(1)))
      } ?? (.null, .null)
    return [
      "first": first?.0 ?? .null, "first_step": first?.1 ?? .null, "last": last?.0 ?? .null, "last_step": last?.1 ?? .null,
      "min": least?.0 ?? .null, "min_step": least?.1 ?? .null, "max": greatest?.0 ?? .null, "max_step": greatest?.1 ?? .null,
      "count": count, "mean": mean,
    ]
  }
}
