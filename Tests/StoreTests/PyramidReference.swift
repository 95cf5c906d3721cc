// SPDX-License-Identifier: Apache-2.0

import SQLite
import Testing

@testable import Store

/// What the pyramid has to be, computed from all rows of `metrics` at once.
struct PyramidReference {
  private struct Key: Hashable {
    var run: Int64
    var metric: Int64
    var level: Int
    var bucket: Int64
  }

  private var points: [Key: [(step: Int64, value: Double)]] = [:]

  init(_ database: Database) throws {
    var points: [Key: [(step: Int64, value: Double)]] = [:]
    try database.prepare("SELECT run, metric, step, value FROM metrics").forEachRow { row in
      let (run, metric, step, value) = (row.integer(0)!, row.integer(1)!, row.integer(2)!, row.double(3)!)
      for (level, steps) in [64.0, 4_096, 262_144].enumerated() {
        let bucket = step >> Int64(steps.exponent)
        points[Key(run: run, metric: metric, level: level, bucket: bucket), default: []].append((step, value))
      }
    }
    self.points = points
  }

  /// Sentences of everything that is otherwise in the table.
  func differences(_ database: Database) throws -> [String] {
    var missing = Set(points.keys)
    var found: [String] = []
    let columns = "count, sum, min, min_step, max, max_step, first, first_step, last, last_step"
    try database.prepare("SELECT run, metric, level, bucket, \(columns) FROM pyramid").forEachRow { row in
      let key = Key(run: row.integer(0)!, metric: row.integer(1)!, level: Int(row.integer(2)!), bucket: row.integer(3)!)
      guard missing.remove(key) != nil, let points = points[key] else { return found.append("\(key) should not be") }
      let sum = points.map(\.value).reduce(0, +)
      let scale = points.map { abs($0.value) }.reduce(1, +)
      if abs(row.double(5)! - sum) > scale * 1e-9 { found.append("\(key): sum \(row.double(5)!) is not \(sum)") }
      let wanted = Self.exact(points)
      let have =
        "\(row.integer(4)!) " + ([6, 8, 10, 12] as [Int32]).map { "\(row.double($0)!)@\(row.integer($0 + 1)!)" }.joined(separator: " ")
      if have != wanted { found.append("\(key): \(have) is not \(wanted)") }
    }
    return found + missing.map { "\($0) is missing" }
  }

  /// Everything but the sum, which depends on the order.
  private static func exact(_ points: [(step: Int64, value: Double)]) -> String {
    let (min, max) = (points.map(\.value).min()!, points.map(\.value).max()!)
    let (first, last) = (points.map(\.step).min()!, points.map(\.step).max()!)
    let extremes = [
      (min, points.filter { $0.value == min }.map(\.step).min()!), (max, points.filter { $0.value == max }.map(\.step).min()!),
      (points.filter { $0.step == first }.map(\.value).min()!, first), (points.filter { $0.step == last }.map(\.value).min()!, last),
    ]
    return "\(points.count) " + extremes.map { "\($0.0)@\($0.1)" }.joined(separator: " ")
  }
}

/// Numbers that are the same in every run of a test.
struct Dice: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var word = state
    word = (word ^ (word >> 30)) &* 0xbf58_476d_1ce4_e5b9
    word = (word ^ (word >> 27)) &* 0x94d0_49bb_1331_11eb
    return word ^ (word >> 31)
  }
}
