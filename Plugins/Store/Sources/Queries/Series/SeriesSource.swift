// SPDX-License-Identifier: Apache-2.0

internal import SQLite

/// The values of one metric of one run as the database has them: rows, and the pyramid over them.
struct SeriesSource {
  /// Powers of two of the steps in a bucket, by level.
  static let shifts: [Int64] = [6, 12, 18]

  let database: Database
  let run: Int64
  let metric: Int64
  /// Only values of this session. The pyramid is of all sessions, so it is no help then.
  let session: Int64?

  private var key: [SQLParameter] { [.integer(run), .integer(metric)] }
  /// A condition that is not there when there is nothing to choose keeps the row's session undecoded.
  private var ofSession: String { session == nil ? "" : " AND session = ?5" }

  private func range(_ first: Int64, _ last: Int64) -> [SQLParameter] {
    key + [.integer(first), .integer(last)] + (session.map { [.integer($0)] } ?? [])
  }

  // MARK: - The ends

  /// The first and the last step with a value in a range; nil when it has none.
  func ends(from first: Int64, to last: Int64) throws -> ClosedRange<Int64>? {
    guard first <= last, let lower = try end(first, last, "ASC"), let upper = try end(first, last, "DESC") else { return nil }
    return lower.step...max(lower.step, upper.step)
  }

  /// The first value of a range, and the event that brought it.
  func first(from step: Int64, to last: Int64) throws -> Place? { try end(step, last, "ASC") }

  private func end(_ first: Int64, _ last: Int64, _ order: String) throws -> Place? {
    try database.first(
      """
      SELECT step, session, seq FROM metrics WHERE run = ?1 AND metric = ?2 AND step BETWEEN ?3 AND ?4\(ofSession)
      ORDER BY step \(order), session \(order), seq \(order) LIMIT 1
      """, range(first, last)
    ) { Place(step: $0.integer(0) ?? 0, session: $0.integer(1) ?? 0, seq: $0.integer(2) ?? 0) }
  }

  /// Where a value stands: its step, and the event that brought it.
  struct Place {
    let step: Int64
    let session: Int64
    let seq: Int64
  }

  /// The event that brought a point.
  func place(of point: SeriesPoint) throws -> Place? {
    let select = try database.cached(
      "SELECT session, seq FROM metrics WHERE run = ?1 AND metric = ?2 AND step = ?3 AND value = ?4 AND (?5 IS NULL OR session = ?5) LIMIT 1"
    )
    defer { select.reset() }
    try select.bind(1, run)
    try select.bind(2, metric)
    try select.bind(3, point.step)
    try select.bind(4, point.value)
    try select.bind(5, session)
    guard try select.step() else { return nil }
    return Place(step: point.step, session: select.integer(0) ?? 0, seq: select.integer(1) ?? 0)
  }

  // MARK: - How much there is

  /// Whether a range has at least so many buckets at a level; looks at no more than that many.
  func has(_ buckets: Int, at level: Int, from first: Int64, to last: Int64) throws -> Bool {
    let shift = Self.shifts[level]
    let found = try database.first(
      """
      SELECT count(*) FROM
        (SELECT 1 FROM pyramid WHERE run = ?1 AND metric = ?2 AND level = ?3 AND bucket BETWEEN ?4 AND ?5 LIMIT ?6)
      """, key + [.integer(Int64(level)), .integer(first >> shift), .integer(last >> shift), .integer(Int64(buckets))]
    ) { $0.integer(0) ?? 0 }
    return found ?? 0 >= Int64(buckets)
  }

  /// Whether a range has more than so many rows; looks at no more than one more.
  func hasMoreRows(than limit: Int, from first: Int64, to last: Int64) throws -> Bool {
    let found = try database.first(
      """
      SELECT count(*) FROM
        (SELECT 1 FROM metrics WHERE run = ?1 AND metric = ?2 AND step BETWEEN ?3 AND ?4\(ofSession) LIMIT \(limit + 1))
      """, range(first, last)
    ) { $0.integer(0) ?? 0 }
    return found ?? 0 > Int64(limit)
  }

  // MARK: - Values

  /// Gives a reducer everything in a range, in order: buckets of the level in the middle, of finer ones towards the ends that do not fill a
  /// bucket, single rows at the very ends.
  ///
  /// - Parameters:
  ///   - level: -1 for rows alone.
  ///   - counting: Whether counts and sums are wanted too.
  func reduce(from first: Int64, to last: Int64, level: Int, counting: Bool, into reducer: inout BucketReducer) throws {
    guard first <= last else { return }
    guard level >= 0 else { return try forEachRow(from: first, to: last) { reducer.add($0) } }
    let shift = Self.shifts[level]
    let mask: Int64 = (1 << shift) - 1
    // Whole buckets only; the first and the last possible step are at the edge of one.
    let lower = first & mask == 0 ? first >> shift : (first >> shift) + 1
    let upper = last & mask == mask ? last >> shift : (last >> shift) - 1
    guard lower <= upper else { return try reduce(from: first, to: last, level: level - 1, counting: counting, into: &reducer) }
    if first < lower << shift {
      try reduce(from: first, to: (lower << shift) - 1, level: level - 1, counting: counting, into: &reducer)
    }
    try reduceBuckets(lower...upper, of: level, counting: counting, into: &reducer)
    let behind = (upper << shift) | mask
    if behind < last { try reduce(from: behind + 1, to: last, level: level - 1, counting: counting, into: &reducer) }
  }

  /// Calls `body` for each point of a range, in order.
  func forEachRow(from first: Int64, to last: Int64, _ body: (SeriesPoint) -> Void) throws {
    try database.each(
      """
      SELECT step, value FROM metrics WHERE run = ?1 AND metric = ?2 AND step BETWEEN ?3 AND ?4\(ofSession) ORDER BY step, session, seq
      """, range(first, last)
    ) { body(SeriesPoint(step: $0.presentInteger(0), value: $0.presentDouble(1))) }
  }

  private func reduceBuckets(
    _ buckets: ClosedRange<Int64>, of level: Int, counting: Bool, into reducer: inout BucketReducer
  ) throws {
    let shift = Self.shifts[level]
    try database.each(
      """
      SELECT bucket, min, min_step, max, max_step, last, last_step, first, first_step, count, sum FROM pyramid
      WHERE run = ?1 AND metric = ?2 AND level = ?3 AND bucket BETWEEN ?4 AND ?5 ORDER BY bucket
      """, key + [.integer(Int64(level)), .integer(buckets.lowerBound), .integer(buckets.upperBound)]
    ) { row in
      // Thousands of rows go into hundreds of buckets: of most of them only the extremes and the last value matter.
      reducer.add(at: row.presentInteger(0) << shift, counting: counting, BucketRow(row: row))
    }
  }
}
