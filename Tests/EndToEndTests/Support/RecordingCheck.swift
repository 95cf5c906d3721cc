// SPDX-License-Identifier: Apache-2.0
import Testing

/// Looks into a database that nobody has open: is it sound, is each step there once, is the pyramid what all rows say?
enum RecordingCheck {
  private static let script = """
    import math, sqlite3, sys
    database = sqlite3.connect(sys.argv[1])
    assert database.execute("PRAGMA integrity_check").fetchone()[0] == "ok", "the file is damaged"
    points, steps = {}, {}
    for run, metric, step, value in database.execute("SELECT run, metric, step, value FROM metrics"):
        steps.setdefault((run, metric), []).append(step)
        for level, bits in enumerate((6, 12, 18)):
            points.setdefault((run, metric, level, step >> bits), []).append((step, value))
    for key, all in steps.items():
        assert sorted(all) == list(range(1, len(all) + 1)), f"{key}: steps are missing or double"
    rows = 0
    for row in database.execute("SELECT run, metric, level, bucket, count, sum, min, min_step, max, max_step, "
                                "first, first_step, last, last_step FROM pyramid"):
        bucket, rows = sorted(points[row[:4]]), rows + 1
        values = [value for _, value in bucket]
        low, high = min(values), max(values)
        wanted = (len(values), low, values.index(low) + bucket[0][0], high, values.index(high) + bucket[0][0],
                  values[0], bucket[0][0], values[-1], bucket[-1][0])
        assert row[4:5] + row[6:] == wanted, f"{row} is not {wanted}"
        assert math.isclose(row[5], sum(values), rel_tol=1e-9, abs_tol=1e-9), f"{row}: the sum is {sum(values)}"
    assert rows == len(points), f"{rows} buckets, not {len(points)}"
    print(min(map(len, steps.values()), default=0))
    """

  /// - Returns: How many steps are stored.
  static func steps(in path: String) throws -> Int {
    let outcome = try Program.run(["python3", "-c", script, path], in: LiveHost.temporary("jackfield-check"))
    guard outcome.status == 0, let count = Int(outcome.output.prefix { $0.isNumber }) else {
      throw LiveHost.NotReady(description: "\(path): \(outcome.error)")
    }
    return count
  }
}
