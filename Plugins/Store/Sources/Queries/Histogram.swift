// SPDX-License-Identifier: Apache-2.0

/// Finite numbers counted into bars of one width between the least and the greatest of them.
struct Histogram: Sendable, Hashable {
  /// One more than there are bars; empty without a finite number.
  var edges: [Double] = []
  /// How many lie in each bar; an edge belongs to the bar behind it, the last one to the last bar.
  var counts: [Int] = []
  /// How many are counted.
  var finite = 0
  /// How many are not numbers, or not finite.
  var missing = 0
  var mean: Double?
  var median: Double?

  init(of numbers: [Double], bins: Int) {
    let sorted = numbers.filter(\.isFinite).sorted()
    (finite, missing) = (sorted.count, numbers.count - sorted.count)
    guard let least = sorted.first, let greatest = sorted.last else { return }
    mean = sorted.reduce(0) { $0 + $1 / Double(sorted.count) }
    median = (sorted[(sorted.count - 1) / 2] / 2) + (sorted[sorted.count / 2] / 2)
    // One value alone gets a bar of its own with a little room around it. Halves, because the difference of two doubles may not be one.
    let isOne = least == greatest
    let (low, high) = isOne ? (least - max(abs(least), 1) / 1_000, greatest + max(abs(greatest), 1) / 1_000) : (least, greatest)
    edges = (0...bins).map { low * (1 - Double($0) / Double(bins)) + high * (Double($0) / Double(bins)) }
    edges[bins] = high
    counts = Array(repeating: 0, count: bins)
    var bin = 0
    for number in sorted {
      while bin + 1 < bins, number >= edges[bin + 1] { bin += 1 }
      counts[bin] += 1
    }
  }
}
