// SPDX-License-Identifier: Apache-2.0

internal import SQLite

/// Compares the pyramid over one metric of one run with the rows below it.
struct PyramidCheck {
  static let sampledSeries = 20
  private static let sampledBuckets = 20

  let database: Database
  let run: Int64
  let metric: Int64

  /// A bucket that does not fit.
  struct Difference {
    let level: Int
    let bucket: Int64
  }

  private var key: [SQLParameter] { [.integer(run), .integer(metric)] }

  /// Every bucket of every level.
  func whole() throws -> Difference? {
    for level in SeriesSource.shifts.indices {
      if let difference = try compare(level, from: .min, to: .max) { return difference }
    }
    return nil
  }

  /// Some buckets anywhere in the series.
  func sample() throws -> Difference? {
    let source = SeriesSource(database: database, run: run, metric: metric, session: nil)
    guard let ends = try source.ends(from: .min, to: .max) else { return nil }
    for level in SeriesSource.shifts.indices.prefix(2) {
      // The coarser level's buckets have 64 times as many rows, so fewer are looked at.
      for _ in 0..<(level == 0 ? Self.sampledBuckets : 1) {
        let bucket = Int64.random(in: ends) >> SeriesSource.shifts[level]
        if let difference = try compare(level, from: bucket, to: bucket) { return difference }
      }
    }
    return nil
  }

  /// Both ways: a bucket without rows, and rows without a bucket, are differences too.
  private func compare(_ level: Int, from first: Int64, to last: Int64) throws -> Difference? {
    let shift = SeriesSource.shifts[level]
    let lower = first == .min ? Int64.min : first << shift
    let upper = last == .max ? Int64.max : (last << shift) | ((1 << shift) - 1)
    // A sum depends on the order of its terms, hence the allowance.
    let different = try database.first(
      """
      WITH rows AS (
        SELECT step >> \(shift) AS bucket, count(*) AS count, total(value) AS sum, min(value) AS min, max(value) AS max,
          min(step) AS first_step, max(step) AS last_step, total(abs(value)) AS size
        FROM metrics WHERE run = ?1 AND metric = ?2 AND step BETWEEN ?3 AND ?4 GROUP BY 1)
      SELECT coalesce(rows.bucket, p.bucket) FROM rows FULL JOIN
        (SELECT * FROM pyramid WHERE run = ?1 AND metric = ?2 AND level = ?5 AND bucket BETWEEN ?6 AND ?7) p ON p.bucket = rows.bucket
      WHERE rows.bucket IS NULL OR p.bucket IS NULL OR p.count <> rows.count OR p.min <> rows.min OR p.max <> rows.max
        OR p.first_step <> rows.first_step OR p.last_step <> rows.last_step OR abs(p.sum - rows.sum) > 1e-9 * rows.size
      LIMIT 1
      """,
      key + [.integer(lower), .integer(upper), .integer(Int64(level)), .integer(first == .min ? .min : first), .integer(last)]
    ) { $0.integer(0) ?? 0 }
    return different.map { Difference(level: level, bucket: $0) }
  }

  func sentence(_ difference: Difference) throws -> String {
    let shift = SeriesSource.shifts[difference.level]
    let names =
      try database.first(
        "SELECT (SELECT name FROM runs WHERE id = ?1), (SELECT name FROM metric_names WHERE id = ?2)", key
      ) { ($0.text(0) ?? "?", $0.text(1) ?? "?") } ?? ("?", "?")
    let first = difference.bucket << shift
    return "the pyramid over '\(names.1)' of the run '\(names.0)' does not fit its points from step \(first) on (level \(difference.level))"
  }
}
