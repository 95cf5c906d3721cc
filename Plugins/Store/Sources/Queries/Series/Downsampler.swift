// SPDX-License-Identifier: Apache-2.0

internal import PluginSDK
internal import SQLite

/// Makes at most so many points of a range of a series, in memory that grows with the points and not with the range.
///
/// - The coarsest level of the pyramid is read that has as many buckets in the range as points are wanted; where not even the finest has,
///   the rows themselves. So some 64 buckets or rows are read a point, whatever the length of the run.
/// - `minmax`: the steps are divided into a third as many buckets as points are wanted, and the least, the greatest and the last value of
///   each are kept: no spike is lost at any zoom. The first point of the range comes before them.
/// - `lttb`: of up to 16 rows a point, the exact choice. Of more, the choice among the first, least, greatest and last value of
///   twice as many buckets as points are wanted (as MinMaxLTTB does, Van Der Donckt et al. 2023).
struct Downsampler {
  /// Rows of one session are read one by one, and no more than that in one answer.
  static let mostSessionRows = 2_000_000
  static let leastPoints = 10
  /// The exact choice of triangles holds its rows in memory.
  private static let mostExactRows = 250_000

  let source: SeriesSource
  let points: Int
  let method: SeriesMethod
  /// Whether the buckets are wanted with their counts and sums.
  let band: Bool

  /// What came of it.
  struct Result {
    var points: [SeriesPoint] = []
    var buckets: [StepSummary] = []
    /// The pyramid's level that was read, -1 for rows; nil when there was nothing.
    var level: Int?
    /// Where to go on, when it was too much for one answer.
    var next: Int64?
  }

  /// Answers for a range of steps.
  func reduce(from first: Int64, to last: Int64) throws -> Result {
    guard var ends = try source.ends(from: first, to: last) else { return Result() }
    var result = Result()
    if source.session != nil, let next = try stepBehind(Self.mostSessionRows, from: ends.lowerBound, to: ends.upperBound) {
      // The values of one step stay together, so a step with more than that of them goes on all the same.
      result.next = next > ends.lowerBound ? next : nil
      if next > ends.lowerBound { ends = ends.lowerBound...(next - 1) }
    }
    let level = try level(for: ends)
    // Rows that are no more than the points wanted are all given, by the exact choice of all of them.
    let few = method == .lttb ? max(points, min(16 * points, Self.mostExactRows)) : points
    if level < 0 || method == .lttb, try !source.hasMoreRows(than: few, from: ends.lowerBound, to: ends.upperBound) {
      return try exactTriangles(ends, into: result)
    }
    result.level = level
    let unit = level < 0 ? 1 : UInt64(1) << UInt64(SeriesSource.shifts[level])
    let buckets = method == .lttb ? 2 * points : max(2, (points - 1) / 3)
    var reducer = BucketReducer(StepGrid(from: ends.lowerBound, to: ends.upperBound, buckets: buckets, unit: unit))
    try source.reduce(from: ends.lowerBound, to: ends.upperBound, level: level, counting: band, into: &reducer)
    reducer.close()
    result.buckets = reducer.buckets
    result.points = choose(from: reducer.buckets)
    return result
  }

  private func choose(from buckets: [StepSummary]) -> [SeriesPoint] {
    switch method {
    case .minmax:
      var points: [SeriesPoint] = []
      points.reserveCapacity(3 * buckets.count + 1)
      for (index, bucket) in buckets.enumerated() { points += bucket.points(withFirst: index == 0) }
      return points
    case .lttb: return LargestTriangles.choose(points, of: buckets.flatMap { $0.points(withFirst: true) })
    }
  }

  private func exactTriangles(_ ends: ClosedRange<Int64>, into result: Result) throws -> Result {
    var result = result
    var rows: [SeriesPoint] = []
    var reducer = BucketReducer(StepGrid(from: ends.lowerBound, to: ends.upperBound, buckets: max(2, points / 3), unit: 1))
    try source.forEachRow(from: ends.lowerBound, to: ends.upperBound) { point in
      rows.append(point)
      reducer.add(point)
    }
    reducer.close()
    result.level = -1
    result.buckets = reducer.buckets
    result.points = LargestTriangles.choose(points, of: rows)
    return result
  }

  /// The level to read.
  private func level(for ends: ClosedRange<Int64>) throws -> Int {
    guard source.session == nil else { return -1 }
    for level in SeriesSource.shifts.indices.reversed()
    where try source.has(points, at: level, from: ends.lowerBound, to: ends.upperBound) {
      return level
    }
    // So few buckets have few rows, unless many sessions took the same steps: then the finest level must do.
    let tooMany = 4 * points << SeriesSource.shifts[0]
    return try source.hasMoreRows(than: tooMany, from: ends.lowerBound, to: ends.upperBound)
      && source.has(1, at: 0, from: ends.lowerBound, to: ends.upperBound) ? 0 : -1
  }

  /// The step behind so many rows, nil when there are no more.
  private func stepBehind(_ rows: Int, from first: Int64, to last: Int64) throws -> Int64? {
    guard let session = source.session else { return nil }
    return try source.database.first(
      """
      SELECT step FROM metrics WHERE run = ?1 AND metric = ?2 AND step BETWEEN ?3 AND ?4 AND session = ?5
      ORDER BY step LIMIT 1 OFFSET \(rows)
      """, [.integer(source.run), .integer(source.metric), .integer(first), .integer(last), .integer(session)]
    ) { $0.integer(0) ?? 0 }
  }
}
