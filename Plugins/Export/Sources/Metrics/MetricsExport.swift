// SPDX-License-Identifier: Apache-2.0

internal import FoundationEssentials
internal import JSON
internal import PluginSDK

/// `export.metrics`: the values of runs as a table, as JSON lines, or as files that TensorBoard reads.
///
/// They are read from a copy that the store makes, which holds them as they were at one moment, with the times of their steps.
struct MetricsExport: Sendable {
  struct Input: Decodable, Sendable {
    var path: String
    var format: String
    var run: String?
    var runs: [String]?
    var metrics: [String]?
  }

  enum Format: String, Sendable { case csv, jsonl, tensorboard }

  let context: PluginContext
  let background: Background

  var command: Command {
    .bytes("export.metrics") { payload, call in Payload(bytes: try await answer(payload.decode(), call).bytes()) }
  }

  private func answer(_ input: Input, _ call: Call) async throws -> JSONValue {
    let format = try Self.format(input.format)
    let target = try FileSystem.target(input.path)
    guard FileSystem.kind(of: target) == .nothing else { throw FileSystem.exists(target) }
    let runs = (input.run.map { [$0] } ?? []) + (input.runs ?? [])
    let staging = FileSystem.temporaryName(beside: target)
    try await background.run(for: call) { _ in try FileSystem.makeDirectory(staging) }
    do {
      let bundles = BundleCommands(context: context, background: background)
      let copy = try await bundles.copyRuns(runs.isEmpty ? nil : runs, .jackfield, to: staging + "/runs.sqlite")
      let points = try await background.run(for: call) { work in
        try Self.write(format, input.metrics, from: staging, to: target, work)
      }
      await bundles.clear(staging)
      return [
        "path": .string(target), "format": .string(format.rawValue), "points": .integer(points),
        "runs": .array(copy.runs.map { .string($0.name) }),
      ]
    } catch {
      await BundleCommands(context: context, background: background).clear(staging)
      throw error
    }
  }

  private static func format(_ name: String) throws -> Format {
    if let format = Format(rawValue: name) { return format }
    let reason =
      name == "parquet"
      ? "metrics are not written as parquet: there is no library for it among Debian's; take csv or jsonl"
      : "there is no format '\(BundlePath.shown(name))' for metrics; take csv, jsonl or tensorboard"
    throw PluginFailure(reason, code: "bad_format", status: .unsupported)
  }

  private static func write(_ format: Format, _ metrics: [String]?, from staging: String, to target: String, _ work: Work) throws -> Int64 {
    let reader = try MetricReader(path: staging + "/runs.sqlite", metrics: metrics)
    let total = try reader.count()
    let output = staging + "/output"
    let writer: any MetricWriter =
      switch format {
      case .csv: try TextMetricWriter(path: output, header: "run,metric,step,epoch,time,value\n", line: TextMetricWriter.csv)
      case .jsonl: try TextMetricWriter(path: output, header: "", line: TextMetricWriter.json)
      case .tensorboard: try EventFileWriter(directory: output, host: host(), now: Date().timeIntervalSince1970)
      }
    var done: Int64 = 0
    try reader.forEach { point in
      try writer.write(point)
      done += 1
      guard done % 4_096 == 0 else { return }
      try work.check()
      work.progress(done, of: total, "metrics")
    }
    try writer.finish()
    try FileSystem.publish(output, as: target)
    return done
  }

  /// This machine's name, as it stands in the names of event files.
  private static func host() -> String {
    let name = try? String(contentsOfFile: "/proc/sys/kernel/hostname", encoding: .utf8)
    return BundlePath.slug(name?.split(separator: "\n").first.map(String.init) ?? "localhost")
  }
}
