// SPDX-License-Identifier: Apache-2.0

/// The values of some neighbouring steps in a few numbers: one value, a bucket of the pyramid, or several of them.
struct StepSummary: Sendable, Hashable {
  var count: Int64
  var sum: Double
  var min: SeriesPoint
  var max: SeriesPoint
  var first: SeriesPoint
  var last: SeriesPoint

  /// One value.
  init(_ point: SeriesPoint) {
    (count, sum) = (1, point.value)
    (min, max, first, last) = (point, point, point, point)
  }

  init(count: Int64, sum: Double, min: SeriesPoint, max: SeriesPoint, first: SeriesPoint, last: SeriesPoint) {
    (self.count, self.sum) = (count, sum)
    (self.min, self.max, self.first, self.last) = (min, max, first, last)
  }

  /// Takes in what comes behind it.
  mutating func add(_ next: StepSummary) {
    count += next.count
    sum += next.sum
    if next.min.value < min.value { min = next.min }
    if next.max.value > max.value { max = next.max }
    last = next.last
  }

  /// The least, the greatest and the last point, and the first if wanted, by step and each once.
  func points(withFirst: Bool) -> [SeriesPoint] {
    var points = withFirst ? [first] : []
    points += min.step <= max.step ? [min, max, last] : [max, min, last]
    // The last one goes last among the values of its step; of four points, sorting by insertion is the shortest way.
    for index in points.indices.dropFirst() {
      var place = index
      while place > 0, points[place].step < points[place - 1].step {
        points.swapAt(place, place - 1)
        place -= 1
      }
    }
    return points.enumerated().filter { $0 == 0 || points[$0 - 1] != $1 }.map(\.element)
  }
}
