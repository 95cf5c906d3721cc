// SPDX-License-Identifier: Apache-2.0

internal import SQLite

/// Keeps `pyramid` in step with `metrics`, in the same transaction.
///
/// A value costs an addition in memory. Only when a bucket is left, or the transaction ends, is it added to its row, and to the open
/// bucket of the level above.
struct PyramidInserter {
  /// How many bits of the step a bucket of the lowest level leaves out; each further level as many more.
  static let bits: Int64 = 6

  private let add: Statement

  init(_ database: Database) throws(SQLiteError) {
    add = try database.prepare(
      """
      INSERT INTO pyramid(run, metric, level, bucket, count, sum, min, min_step, max, max_step, first, first_step, last, last_step)
      VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)
      ON CONFLICT(run, metric, level, bucket) DO UPDATE SET
        count = count + excluded.count,
        sum = min(max(sum + excluded.sum, -1.7976931348623157e308), 1.7976931348623157e308),
        min_step = CASE WHEN excluded.min < min OR (excluded.min = min AND excluded.min_step < min_step) THEN excluded.min_step ELSE min_step END,
        min = min(min, excluded.min),
        max_step = CASE WHEN excluded.max > max OR (excluded.max = max AND excluded.max_step < max_step) THEN excluded.max_step ELSE max_step END,
        max = max(max, excluded.max),
        first = CASE WHEN excluded.first_step < first_step THEN excluded.first
          WHEN excluded.first_step = first_step THEN min(first, excluded.first) ELSE first END,
        first_step = min(first_step, excluded.first_step),
        last = CASE WHEN excluded.last_step > last_step THEN excluded.last
          WHEN excluded.last_step = last_step THEN min(last, excluded.last) ELSE last END,
        last_step = max(last_step, excluded.last_step)
      """)
  }

  /// Takes one finite value in.
  @inline(__always)
  func add(_ value: Double, step: Int64, to pyramid: inout MetricPyramid, run: Int64, metric: Int64) throws(SQLiteError) {
    let number = step >> Self.bits
    if pyramid.fine.number != number { try closeFine(&pyramid, run, metric, next: number) }
    pyramid.fine.add(value, step: step)
  }

  /// Writes everything that is open.
  func flush(_ pyramid: inout MetricPyramid, run: Int64, metric: Int64) throws(SQLiteError) {
    try closeFine(&pyramid, run, metric, next: pyramid.fine.number)
    try closeMiddle(&pyramid, run, metric, next: pyramid.middle.number)
    try closeCoarse(&pyramid, run, metric, next: pyramid.coarse.number)
  }

  private func closeFine(_ pyramid: inout MetricPyramid, _ run: Int64, _ metric: Int64, next: Int64) throws(SQLiteError) {
    let closed = pyramid.fine
    if closed.count > 0 {
      try write(closed, level: 0, run, metric)
      let above = closed.number >> Self.bits
      if pyramid.middle.number != above { try closeMiddle(&pyramid, run, metric, next: above) }
      pyramid.middle.add(closed)
    }
    pyramid.fine = PyramidBucket(number: next)
  }

  private func closeMiddle(_ pyramid: inout MetricPyramid, _ run: Int64, _ metric: Int64, next: Int64) throws(SQLiteError) {
    let closed = pyramid.middle
    if closed.count > 0 {
      try write(closed, level: 1, run, metric)
      let above = closed.number >> Self.bits
      if pyramid.coarse.number != above { try closeCoarse(&pyramid, run, metric, next: above) }
      pyramid.coarse.add(closed)
    }
    pyramid.middle = PyramidBucket(number: next)
  }

  private func closeCoarse(_ pyramid: inout MetricPyramid, _ run: Int64, _ metric: Int64, next: Int64) throws(SQLiteError) {
    if pyramid.coarse.count > 0 { try write(pyramid.coarse, level: 2, run, metric) }
    pyramid.coarse = PyramidBucket(number: next)
  }

  private func write(_ bucket: PyramidBucket, level: Int64, _ run: Int64, _ metric: Int64) throws(SQLiteError) {
    try add.bind(1, run)
    try add.bind(2, metric)
    try add.bind(3, level)
    try add.bind(4, bucket.number)
    try add.bind(5, bucket.count)
    try add.bind(6, bucket.sum)
    try add.bind(7, bucket.min)
    try add.bind(8, bucket.minStep)
    try add.bind(9, bucket.max)
    try add.bind(10, bucket.maxStep)
    try add.bind(11, bucket.first)
    try add.bind(12, bucket.firstStep)
    try add.bind(13, bucket.last)
    try add.bind(14, bucket.lastStep)
    try add.run()
  }
}
