// SPDX-License-Identifier: Apache-2.0

/// Gathers summaries that come in the order of their steps into the buckets of a grid, holding one at a time.
struct BucketReducer {
  private let grid: StepGrid
  /// Whether `number` and `summary` are those of a bucket that may go on.
  private var isOpen = false
  private var number: UInt64 = 0
  private var summary = StepSummary(SeriesPoint(step: 0, value: 0))
  /// The buckets that are done, in order; those without a value are not among them.
  private(set) var buckets: [StepSummary] = []

  init(_ grid: StepGrid) { self.grid = grid }

  /// Takes in the point that comes next.
  mutating func add(_ point: SeriesPoint) {
    let bucket = grid.bucket(of: point.step)
    if isOpen, bucket == number {
      summary.add(StepSummary(point))
    } else {
      open(bucket, with: StepSummary(point))
    }
  }

  /// Takes in the bucket of the pyramid that comes next.
  ///
  /// - Parameters:
  ///   - step: The first that can be in it.
  ///   - counting: Whether counts and sums are wanted too.
  mutating func add(at step: Int64, counting: Bool, _ row: BucketRow) {
    let bucket = grid.bucket(of: step)
    guard isOpen, bucket == number else { return open(bucket, with: row.summary) }
    if row.least < summary.min.value { summary.min = row.leastPoint }
    if row.greatest > summary.max.value { summary.max = row.greatestPoint }
    summary.last = row.last
    guard counting else { return }
    summary.count += row.count
    summary.sum += row.sum
  }

  private mutating func open(_ bucket: UInt64, with first: StepSummary) {
    close()
    (isOpen, number, summary) = (true, bucket, first)
  }

  /// Ends the last bucket.
  mutating func close() {
    if isOpen { buckets.append(summary) }
    isOpen = false
  }
}
