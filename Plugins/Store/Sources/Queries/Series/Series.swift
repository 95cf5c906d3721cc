// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import PluginSDK
internal import SQLite

/// `runs.series`: points of metrics, all of them page by page, or as many as a screen has room for.
enum Series {
  static func answer(_ input: SeriesInput, _ database: Database) throws -> JSONValue {
    try input.check()
    var series: [JSONValue] = []
    var absent: Set<String> = []
    for name in input.allRuns {
      let run = try RunFinder.run(name, database)
      let session = try session(of: input, run: run, database)
      for metric in input.allMetrics {
        guard let id = try MetricFinder.find(metric, of: run, database) else {
          absent.insert(metric)
          series.append(["run": .string(name), "metric": .string(metric), "steps": [], "values": [], "next": .null, "missing": true])
          continue
        }
        let source = SeriesSource(database: database, run: run, metric: id, session: session)
        var one = try answer(input, source)
        one["run"] = .string(name)
        one["metric"] = .string(metric)
        series.append(.object(one))
      }
    }
    try refuseUnknown(absent, in: series, input, database)
    var answer: [String: JSONValue] = ["series": .array(series)]
    if let run = input.run { answer["run"] = .string(run) }
    return .object(answer)
  }

  /// A metric that none of the runs has is a mistake; one that some have is not.
  private static func refuseUnknown(_ absent: Set<String>, in series: [JSONValue], _ input: SeriesInput, _ database: Database) throws {
    for metric in input.allMetrics where absent.contains(metric) {
      let isKnown = series.contains { $0["metric"] == .string(metric) && $0["missing"] == nil }
      if !isKnown, let name = input.allRuns.first {
        throw try MetricFinder.notFound(metric, run: RunFinder.run(name, database), runName: name, database)
      }
    }
  }

  /// The session to choose, nil when it is the run's only one and there is nothing to choose.
  private static func session(of input: SeriesInput, run: Int64, _ database: Database) throws -> Int64? {
    guard let name = input.session else { return nil }
    let session = try RunFinder.session(name, database)
    let others = try database.first(
      "SELECT count(*) FROM session_runs WHERE run = ?1 AND session <> ?2", [.integer(run), .integer(session)]
    ) { $0.integer(0) ?? 0 }
    let isOne = try database.first(
      "SELECT 1 FROM session_runs WHERE run = ?1 AND session = ?2", [.integer(run), .integer(session)]
    ) { _ in true }
    return others == 0 && isOne == true ? nil : session
  }

  private static func answer(_ input: SeriesInput, _ source: SeriesSource) throws -> [String: JSONValue] {
    let axis = AxisMap(source: source, axis: input.x ?? .step)
    guard let steps = try axis.steps(from: input.from, to: input.to) else {
      var none: [String: JSONValue] = ["steps": [], "values": [], "next": .null]
      if axis.axis != .step { none["xs"] = [] }
      return none
    }
    if let points = input.points {
      return try reduced(steps, to: points, input, axis)
    }
    return try page(of: steps, limit: min(max(input.limit ?? 10_000, 1), 100_000), axis)
  }

  // MARK: - Fewer points

  private static func reduced(
    _ steps: ClosedRange<Int64>, to points: Int, _ input: SeriesInput, _ axis: AxisMap
  ) throws -> [String: JSONValue] {
    let sampler = Downsampler(source: axis.source, points: points, method: input.method ?? .minmax, band: input.band == true)
    let result = try sampler.reduce(from: steps.lowerBound, to: steps.upperBound)
    var answer: [String: JSONValue] = [
      "steps": .array(result.points.map { .integer($0.step) }),
      "values": .array(result.points.map { .number($0.value) }),
      "next": JSONValue(result.next),
      "level": JSONValue(result.level.map(Int64.init)),
    ]
    if axis.axis != .step { answer["xs"] = .array(try result.points.map { JSONValue(try axis.position(of: $0)) }) }
    if input.band == true {
      answer["band"] = band(result.buckets)
      answer["count"] = .integer(result.buckets.reduce(0) { $0 + $1.count })
    }
    return answer
  }

  private static func band(_ buckets: [StepSummary]) -> JSONValue {
    [
      "from": .array(buckets.map { .integer($0.first.step) }),
      "to": .array(buckets.map { .integer($0.last.step) }),
      "min": .array(buckets.map { .number($0.min.value) }),
      "max": .array(buckets.map { .number($0.max.value) }),
      "mean": .array(buckets.map { .number($0.sum / Double($0.count)) }),
    ]
  }

  // MARK: - All points

  private static func page(of range: ClosedRange<Int64>, limit: Int, _ axis: AxisMap) throws -> [String: JSONValue] {
    let source = axis.source
    let select = try source.database.cached(
      """
      SELECT step, value, session, seq FROM metrics WHERE run = ?1 AND metric = ?2 AND step >= ?3 AND step <= ?4
        AND (?5 IS NULL OR session = ?5)
      ORDER BY step, session, seq
      """)
    defer { select.reset() }
    try select.bind(1, source.run)
    try select.bind(2, source.metric)
    try select.bind(3, range.lowerBound)
    try select.bind(4, range.upperBound)
    try select.bind(5, source.session)
    var (steps, values, xs): ([JSONValue], [JSONValue], [JSONValue]) = ([], [], [])
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
      guard axis.axis != .step else { continue }
      let place = SeriesSource.Place(step: step, session: select.integer(2) ?? 0, seq: select.integer(3) ?? 0)
      xs.append(JSONValue(try axis.position(of: place)))
    }
    var answer: [String: JSONValue] = ["steps": .array(steps), "values": .array(values), "next": JSONValue(next)]
    if axis.axis != .step { answer["xs"] = .array(xs) }
    return answer
  }
}
