// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import PluginSDK
internal import SQLite

/// `runs.report`: the losses of a report page by page, or counted into the bars of a histogram.
enum ReportDetail {
  struct Input: Decodable, Sendable {
    var run: String?
    var id: Int64?
    var subset_on: String?
    var from: Int64?
    var limit: Int64?
    var bins: Int?
  }

  static func answer(_ input: Input, _ database: Database) throws -> JSONValue {
    let id = try report(input, database)
    let from = max(input.from ?? 0, 0)
    // Who asks for bars does not want a hundred thousand numbers with them.
    let limit = min(max(input.limit ?? (input.bins == nil ? 100_000 : 0), 0), 500_000)
    let found = try database.first(
      """
      SELECT \(ReportList.columns), substr(losses, ?2 * 8 + 1, ?3 * 8), substr(indices, ?2 * 8 + 1, ?3 * 8), length(losses) / 8
      FROM reports JOIN runs ON runs.id = run LEFT JOIN sessions ON sessions.id = reports.session WHERE reports.id = ?1
      """, [.integer(id), .integer(min(from, 1 << 40)), .integer(limit)]
    ) { row in
      var answer = ReportList.values(row)
      let losses = PackedNumbers.numbers(row.blob(10) ?? [])
      answer["losses"] = .array(losses.map { $0.isNaN ? .null : .number($0) })
      answer["sample_indices"] = .array(PackedNumbers.integers(row.blob(11) ?? []).map { .integer($0) })
      let end = from + Int64(losses.count)
      answer["next"] = limit > 0 && end < row.integer(12) ?? 0 ? .integer(end) : .null
      return answer
    }
    guard var answer = found else { return .null }
    if let bins = input.bins { answer["histogram"] = try histogram(of: id, bins: min(max(bins, 1), 1_000), database) }
    return .object(answer)
  }

  /// The report that is meant.
  private static func report(_ input: Input, _ database: Database) throws -> Int64 {
    if let id = input.id {
      if let found = try database.first("SELECT id FROM reports WHERE id = ?1", [.integer(id)], { $0.integer(0) ?? 0 }) { return found }
      throw PluginFailure("there is no report \(id); runs.reports lists a run's", code: "report_not_found", status: .notFound)
    }
    guard let name = input.run else {
      throw PluginFailure("no report is named; give 'run' for its newest, or 'id'", code: "report_missing", status: .invalid)
    }
    let run = try RunFinder.run(name, database)
    let newest = try database.first(
      "SELECT id FROM reports WHERE run = ?1 AND (?2 IS NULL OR subset_on = ?2) ORDER BY id DESC LIMIT 1",
      [.integer(run), SQLParameter(input.subset_on)]
    ) { $0.integer(0) ?? 0 }
    if let newest { return newest }
    let which = input.subset_on.map { " on '\($0)'" } ?? ""
    throw PluginFailure(
      "the run '\(name)' has no report\(which); make one with trainer.report while it is paused", code: "report_not_found",
      status: .notFound)
  }

  private static func histogram(of id: Int64, bins: Int, _ database: Database) throws -> JSONValue {
    let losses = PackedNumbers.numbers(
      try database.first("SELECT losses FROM reports WHERE id = ?1", [.integer(id)]) { $0.blob(0) ?? [] } ?? [])
    let histogram = Histogram(of: losses, bins: bins)
    return [
      "edges": .array(histogram.edges.map { .number($0) }), "counts": .array(histogram.counts.map { .integer(Int64($0)) }),
      "nulls": .integer(Int64(histogram.missing)), "finite": .integer(Int64(histogram.finite)),
      "mean": JSONValue(histogram.mean), "median": JSONValue(histogram.median),
    ]
  }
}
