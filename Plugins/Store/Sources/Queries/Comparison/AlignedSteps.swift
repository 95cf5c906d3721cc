// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import SQLite

/// The values of several runs at the same steps.
///
/// The steps are some of the run's that has the fewest, evenly from the range all runs share. A run without a value at a step has none there.
enum AlignedSteps {
  static func values(of metric: String, _ runs: [(id: Int64, name: String)], points: Int, _ database: Database) throws -> JSONValue {
    var sources: [(name: String, source: SeriesSource, ends: ClosedRange<Int64>, count: Int64)] = []
    for run in runs {
      guard let id = try MetricFinder.find(metric, of: run.id, database) else { continue }
      let source = SeriesSource(database: database, run: run.id, metric: id, session: nil)
      guard let ends = try source.ends(from: .min, to: .max) else { continue }
      let count = try database.first(
        "SELECT count FROM run_metrics WHERE run = ?1 AND metric = ?2", [.integer(run.id), .integer(id)]
      ) { $0.integer(0) ?? 0 }
      sources.append((run.name, source, ends, count ?? 0))
    }
    let first = sources.map(\.ends.lowerBound).max() ?? 0
    let last = sources.map(\.ends.upperBound).min() ?? 0
    guard let fewest = sources.min(by: { $0.count < $1.count }), first <= last else { return ["steps": [], "values": [:]] }
    let steps = try evenly(points, from: first, to: last, of: fewest.source)
    var values: [String: JSONValue] = [:]
    for (name, source, _, _) in sources { values[name] = .array(try steps.map { JSONValue(try value(at: $0, of: source)) }) }
    return ["steps": .array(steps.map { .integer($0) }), "values": .object(values)]
  }

  private static func evenly(_ points: Int, from first: Int64, to last: Int64, of source: SeriesSource) throws -> [Int64] {
    let width = UInt64(bitPattern: last &- first) / UInt64(points) + 1
    var steps: [Int64] = []
    var next = first
    while let place = try source.first(from: next, to: last) {
      steps.append(place.step)
      // The next place of the grid behind it; wrapping at the end of all numbers ends it too.
      let passed = UInt64(bitPattern: place.step &- first) / width + 1
      let (offset, overflow) = passed.multipliedReportingOverflow(by: width)
      guard !overflow, offset <= UInt64(bitPattern: last &- first) else { break }
      next = first &+ Int64(bitPattern: offset)
    }
    return steps
  }

  /// The latest value at a step.
  private static func value(at step: Int64, of source: SeriesSource) throws -> Double? {
    try source.database.first(
      "SELECT value FROM metrics WHERE run = ?1 AND metric = ?2 AND step = ?3 ORDER BY session DESC, seq DESC LIMIT 1",
      [.integer(source.run), .integer(source.metric), .integer(step)]
    ) { $0.double(0) } ?? nil
  }
}
