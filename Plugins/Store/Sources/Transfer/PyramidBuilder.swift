// SPDX-License-Identifier: Apache-2.0

internal import SQLite

/// Makes the pyramid of a database that has none, from its metrics, in one pass and constant memory.
struct PyramidBuilder {
  private static let shifts: [Int64] = [6, 12, 18]

  private struct Bucket {
    var number: Int64
    var count: Int64 = 0
    var sum = 0.0
    var min = 0.0, minStep: Int64 = 0
    var max = 0.0, maxStep: Int64 = 0
    var first = 0.0, firstStep: Int64 = 0
    var last = 0.0, lastStep: Int64 = 0

    mutating func add(_ value: Double, at step: Int64) {
      if count == 0 {
        (min, minStep, max, maxStep, first, firstStep) = (value, step, value, step, value, step)
      }
      if value < min { (min, minStep) = (value, step) }
      if value > max { (max, maxStep) = (value, step) }
      (last, lastStep) = (value, step)
      count += 1
      sum += value
    }
  }

  private let insert: Statement
  private var key: (run: Int64, metric: Int64) = (0, 0)
  private var open: [Bucket?] = [nil, nil, nil]

  static func build(in database: Database) throws {
    try database.transaction {
      try database.execute("DELETE FROM pyramid")
      var builder = try PyramidBuilder(database)
      let select = try database.prepare("SELECT run, metric, step, value FROM metrics ORDER BY run, metric, step, session, seq")
      while try select.step() {
        try builder.add(
          run: select.integer(0) ?? 0, metric: select.integer(1) ?? 0, step: select.integer(2) ?? 0, value: select.double(3) ?? 0)
      }
      try builder.flush()
    }
  }

  private init(_ database: Database) throws {
    insert = try database.prepare(
      """
      INSERT INTO pyramid(run, metric, level, bucket, count, sum, min, min_step, max, max_step, first, first_step, last, last_step)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      """)
  }

  private mutating func add(run: Int64, metric: Int64, step: Int64, value: Double) throws {
    if (run, metric) != key {
      try flush()
      key = (run, metric)
    }
    for level in open.indices {
      let number = step >> Self.shifts[level]
      if let bucket = open[level], bucket.number != number { try write(bucket, level) }
      if open[level]?.number != number { open[level] = Bucket(number: number) }
      open[level]?.add(value, at: step)
    }
  }

  private mutating func flush() throws {
    for level in open.indices {
      if let bucket = open[level] { try write(bucket, level) }
      open[level] = nil
    }
  }

  private func write(_ bucket: Bucket, _ level: Int) throws {
    let integers: [(Int32, Int64)] = [
      (1, key.run), (2, key.metric), (3, Int64(level)), (4, bucket.number), (5, bucket.count), (8, bucket.minStep), (10, bucket.maxStep),
      (12, bucket.firstStep), (14, bucket.lastStep),
    ]
    for (parameter, value) in integers { try insert.bind(parameter, value) }
    for (parameter, value) in [(6, bucket.sum), (7, bucket.min), (9, bucket.max), (11, bucket.first), (13, bucket.last)]
      as [(Int32, Double)]
    {
      // Infinite values add up to no number, which a column that is NOT NULL cannot hold.
      try insert.bind(parameter, value.isNaN ? 0 : value)
    }
    try insert.run()
  }
}
