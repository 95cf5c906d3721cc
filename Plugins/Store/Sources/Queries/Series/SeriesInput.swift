// SPDX-License-Identifier: Apache-2.0

internal import PluginSDK

/// What `runs.series` is asked for.
struct SeriesInput: Decodable, Sendable {
  /// One answer carries no more series than that.
  static let mostSeries = 256
  /// Nor more points, together.
  static let mostPoints = 200_000

  var run: String?
  var runs: [String]?
  var metric: String?
  var metrics: [String]?
  var session: String?
  var x: SeriesAxis?
  var from: AxisPosition?
  var to: AxisPosition?
  var limit: Int?
  var points: Int?
  var method: SeriesMethod?
  var band: Bool?

  /// The runs asked for, each once.
  var allRuns: [String] { Self.distinct((run.map { [$0] } ?? []) + (runs ?? [])) }
  /// The metrics asked for, each once.
  var allMetrics: [String] { Self.distinct((metric.map { [$0] } ?? []) + (metrics ?? [])) }

  /// Refuses what cannot be answered.
  func check() throws {
    guard !allRuns.isEmpty else {
      throw PluginFailure("no run is named; give 'run' or 'runs', as runs.list gives their ids", code: "run_missing", status: .invalid)
    }
    guard !allMetrics.isEmpty else {
      throw PluginFailure("no metric is named; give 'metric' or 'metrics', such as \"loss\"", code: "metric_missing", status: .invalid)
    }
    guard allRuns.count * allMetrics.count <= Self.mostSeries else {
      throw PluginFailure(
        "\(allRuns.count) runs by \(allMetrics.count) metrics are too many for one answer, which has \(Self.mostSeries) series at most; "
          + "ask several times", code: "too_many_series", status: .invalid)
    }
    if let points { try check(points) }
    guard points != nil || (method == nil && band != true) else {
      throw PluginFailure("'method' and 'band' go with 'points': say how many points are wanted", code: "points_missing", status: .invalid)
    }
  }

  private func check(_ points: Int) throws {
    let series = allRuns.count * allMetrics.count
    guard points >= Downsampler.leastPoints else {
      throw PluginFailure(
        "'points' is \(points), and less than \(Downsampler.leastPoints) do not show a series", code: "too_few_points", status: .invalid)
    }
    guard points <= Self.mostPoints / series else {
      throw PluginFailure(
        "\(points) points of \(series) series are too many for one answer, which has \(Self.mostPoints) points at most; "
          + "ask for \(Self.mostPoints / series) or fewer", code: "too_many_points", status: .invalid)
    }
  }

  private static func distinct(_ names: [String]) -> [String] {
    var seen: Set<String> = []
    return names.filter { seen.insert($0).inserted }
  }
}
