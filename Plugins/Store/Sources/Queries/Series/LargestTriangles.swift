// SPDX-License-Identifier: Apache-2.0

/// Chooses points so that the line through them looks like the line through all.
///
/// Source: Steinarsson 2013, "Downsampling Time Series for Visual Representation", section 4.2 (LTTB).
enum LargestTriangles {
  /// At most `limit` of the points, at least 3: the first, the last, and of each bucket between them the one that makes the largest triangle
  /// with the point chosen before and the mean of the next bucket. All when there are no more than that.
  static func choose(_ limit: Int, of points: [SeriesPoint]) -> [SeriesPoint] {
    guard points.count > max(limit, 3), let first = points.first, let last = points.last else { return points }
    let inner = max(limit, 3) - 2
    var chosen = [first]
    chosen.reserveCapacity(inner + 2)
    var before = first
    for bucket in 0..<inner {
      let range = bounds(bucket, of: inner, among: points.count)
      let next = bucket + 1 < inner ? bounds(bucket + 1, of: inner, among: points.count) : points.count - 1..<points.count
      before = largest(points[range], between: before, and: mean(points[next]))
      chosen.append(before)
    }
    chosen.append(last)
    return chosen
  }

  /// The places of one inner bucket; the first and the last point stand alone.
  private static func bounds(_ bucket: Int, of buckets: Int, among count: Int) -> Range<Int> {
    let size = Double(count - 2) / Double(buckets)
    let lower = Int(Double(bucket) * size) + 1
    return lower..<max(Int(Double(bucket + 1) * size) + 1, lower + 1)
  }

  private static func mean(_ points: ArraySlice<SeriesPoint>) -> (x: Double, y: Double) {
    var sum = (x: 0.0, y: 0.0)
    for point in points {
      sum.x += Double(point.step)
      sum.y += point.value
    }
    return (sum.x / Double(points.count), sum.y / Double(points.count))
  }

  private static func largest(
    _ points: ArraySlice<SeriesPoint>, between before: SeriesPoint, and next: (x: Double, y: Double)
  ) -> SeriesPoint {
    var best = (area: -1.0, point: before)
    for point in points {
      let (x, y) = (Double(before.step), before.value)
      let area = abs((x - next.x) * (point.value - y) - (x - Double(point.step)) * (next.y - y))
      if area > best.area { best = (area, point) }
    }
    // No area is a number when values are as large as numbers get: then the bucket's first stands for it.
    return best.area < 0 ? points.first ?? before : best.point
  }
}
