// SPDX-License-Identifier: Apache-2.0

/// Gathers summaries that come in the order of their steps into the buckets of a grid, holding one at a time.
struct BucketReducer {
  private let grid: StepGrid
  private var open: (bucket: UInt64, summary: StepSummary)?
  /// The buckets that are done, in order; those without a value are not among them.
  private(set) var buckets: [StepSummary] = []

  init(_ grid: StepGrid) { self.grid = grid }

  /// Takes in what comes next.
  mutating func add(_ summary: StepSummary) {
    let bucket = grid.bucket(of: summary.first.step)
    if open?.bucket == bucket {
      open?.summary.add(summary)
    } else {
      close()
      open = (bucket, summary)
    }
  }

  /// Ends the last bucket.
  mutating func close() {
    guard let open else { return }
    buckets.append(open.summary)
    self.open = nil
  }
}
