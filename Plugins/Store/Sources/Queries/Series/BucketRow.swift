// SPDX-License-Identifier: Apache-2.0

internal import SQLite

/// The row of the pyramid that a statement stands on; a column costs something only when it is asked for.
struct BucketRow {
  let row: Statement

  var least: Double { row.presentDouble(1) }
  var leastPoint: SeriesPoint { point(1) }
  var greatest: Double { row.presentDouble(3) }
  var greatestPoint: SeriesPoint { point(3) }
  var last: SeriesPoint { point(5) }
  var first: SeriesPoint { point(7) }
  var count: Int64 { row.presentInteger(9) }
  var sum: Double { row.presentDouble(10) }

  /// All of it.
  var summary: StepSummary {
    StepSummary(count: count, sum: sum, min: leastPoint, max: greatestPoint, first: first, last: last)
  }

  private func point(_ column: Int32) -> SeriesPoint {
    SeriesPoint(step: row.presentInteger(column + 1), value: row.presentDouble(column))
  }
}
