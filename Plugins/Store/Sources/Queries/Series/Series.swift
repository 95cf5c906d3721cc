// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import PluginSDK
internal import SQLite

/// `runs.series`: points of metrics by step.
enum Series {
  struct Input: Decodable, Sendable {
    var run: String
    var metric: String?
    var metrics: [String]?
    var session: String?
    var from: Int64?
    var to: Int64?
    var limit: Int?
  }

  static func answer(_ input: Input, _ database: Database) throws -> JSONValue {
    let names = (input.metric.map { [$0] } ?? []) + (input.metrics ?? [])
    guard !names.isEmpty else {
      throw PluginFailure("no metric is named; give 'metric' or 'metrics', such as \"loss\"", code: "metric_missing", status: .invalid)
    }
    let run = try RunFinder.run(input.run, database)
    let session = try input.session.map { try RunFinder.session($0, database) }
    var series: [JSONValue] = []
    for name in names { series.append(try one(name, input, run: run, session: session, database)) }
    return ["run": .string(input.run), "series": .array(series)]
  }

  private static func one(_ name: String, _ input: Input, run: Int64, session: Int64?, _ database: Database) throws -> JSONValue {
    let metric = try metric(name, of: run, runName: input.run, database)
    let select = try database.cached(
      """
      SELECT step, value FROM metrics WHERE run = ?1 AND metric = ?2 AND step >= ?3 AND step <= ?4 AND (?5 IS NULL OR session = ?5)
      ORDER BY step, session, seq
      """)
    defer { select.reset() }
    try select.bind(1, run)
    try select.bind(2, metric)
    try select.bind(3, input.from ?? .min)
    try select.bind(4, input.to ?? .max)
    try select.bind(5, session)
    let limit = min(max(input.limit ?? 10_000, 1), 100_000)
    var steps: [JSONValue] = []
    var values: [JSONValue] = []
    var last: Int64?
    var next: Int64?
    while try select.step() {
      let step = select.integer(0) ?? 0
      // All points of a step stay together, so that `next` can be a step.
      if steps.count >= limit, step != last {
        next = step
        break
      }
      last = step
      steps.append(.integer(step))
      values.append(JSONValue(select.double(1)))
    }
    return ["metric": .string(name), "steps": .array(steps), "values": .array(values), "next": JSONValue(next)]
  }

  private static func metric(_ name: String, of run: Int64, runName: String, _ database: Database) throws -> Int64 {
    let select = try database.cached("SELECT id FROM metric_names JOIN run_metrics ON metric = id WHERE name = ? AND run = ?")
    defer { select.reset() }
    try select.bind(1, name)
    try select.bind(2, run)
    if try select.step(), let id = select.integer(0) { return id }
    var known: [String] = []
    let all = try database.cached("SELECT name FROM run_metrics JOIN metric_names ON id = metric WHERE run = ? ORDER BY name LIMIT 21")
    try all.bind(1, run)
    try all.forEachRow { known.append($0.text(0) ?? "") }
    let list = known.isEmpty ? "it has none yet" : "it has \(known.prefix(20).joined(separator: ", "))" + (known.count > 20 ? ", …" : "")
    throw PluginFailure("the run '\(runName)' has no metric '\(name)'; \(list)", code: "metric_not_found", status: .notFound)
  }
}
