// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import PluginSDK

/// `export.samples`: the samples of a run, written by its trainer; without one, their numbers and losses from the stored report.
struct SamplesExport: Sendable {
  struct Input: Decodable, Sendable {
    var run: String
    var format: Format
    var path: String?
    var indices: [Int64]?
    var region: Region?
  }

  enum Format: String, Decodable, Sendable { case parquet, csv, feather }

  /// Losses from `min` to `max`, both among them.
  struct Region: Decodable, Sendable {
    var min: Double
    var max: Double
  }

  /// A sample of a report; the loss is nil when the trainer had none.
  struct Sample: Sendable {
    let index: Int64
    let loss: Double?
  }

  private static let page: Int64 = 100_000
  private static let timeoutMs: Int64 = 600_000

  let context: PluginContext
  let background: Background

  var command: Command {
    .bytes("export.samples") { payload, call in Payload(bytes: try await answer(payload.decode(), call).bytes()) }
  }

  private func answer(_ input: Input, _ call: Call) async throws -> JSONValue {
    if input.indices != nil, input.region != nil {
      throw PluginFailure("both 'indices' and 'region' are given; give one of them", code: "ambiguous", status: .invalid)
    }
    let path = try input.path.map(FileSystem.target)
    let indices = try await indices(input)
    if let session = try await trainer(of: input.run) { return try await byTrainer(input, path, indices, session) }
    return try await byReport(input, path, indices, call)
  }

  /// The session of a trainer that is bound to the run now.
  private func trainer(of run: String) async throws -> String? {
    try await LiveTrainers(context: context).sessions().first {
      $0["connected"]?.boolValue == true && $0["run"]?.stringValue == run
    }?["session"]?.stringValue
  }

  /// Which samples: as given, or those of a region, or the run's stored subset; nil is all.
  private func indices(_ input: Input) async throws -> [Int64]? {
    if let indices = input.indices { return indices }
    if let region = input.region {
      let inside = try await report(of: input.run).filter { sample in sample.loss.map { $0 >= region.min && $0 <= region.max } ?? false }
      guard !inside.isEmpty else {
        throw PluginFailure("no sample of '\(input.run)' has a loss from \(region.min) to \(region.max)", code: "empty", status: .notFound)
      }
      return inside.map(\.index)
    }
    guard let answer = try await askIfThere("runs.subset", ["run": .string(input.run)]) else { return nil }
    let subset = (answer["indices"]?.arrayValue ?? []).compactMap { $0.intValue.map(Int64.init) }
    return subset.isEmpty ? nil : subset
  }

  private func askIfThere(_ command: String, _ input: JSONValue) async throws -> JSONValue? {
    do {
      return try JSONValue(parsing: await context.call(command, bytes: input.bytes()).bytes)
    } catch let failure as PluginFailure {
      guard failure.status == .notFound else { throw failure }
      return nil
    }
  }
}

// MARK: - Through the trainer

extension SamplesExport {
  private func byTrainer(_ input: Input, _ path: String?, _ indices: [Int64]?, _ session: String) async throws -> JSONValue {
    var payload: JSONValue = ["run_id": .string(input.run), "format": .string(input.format.rawValue)]
    if let path { payload["out_path"] = .string(path) }
    if let indices { payload["subset_indices"] = .array(indices.map { .integer($0) }) }
    let request: JSONValue = [
      "session": .string(session), "cmd": "export_subset", "payload": payload, "timeoutMs": .integer(Self.timeoutMs),
    ]
    let answer = try JSONValue(parsing: await context.call("trainer.request", bytes: request.bytes()).bytes)
    let data = answer["data"] ?? .null
    // The trainer answers that it was told; whether it could stands inside.
    guard data["ok"]?.boolValue == true, let written = data["out_path"]?.stringValue else {
      let reason = data["error"]?.stringValue ?? "it gave no reason"
      throw PluginFailure("the trainer of '\(input.run)' could not write the samples: \(reason)", code: "trainer_failed")
    }
    var told: JSONValue = [
      "run": .string(input.run), "source": "trainer", "session": .string(session), "path": .string(written),
      "format": .string(Self.ending(of: written) ?? data["format"]?.stringValue ?? input.format.rawValue),
    ]
    if let rows = data["rows"] { told["rows"] = rows }
    if let real = told["format"]?.stringValue, real != input.format.rawValue {
      told["note"] = .string("the trainer wrote \(real) instead of \(input.format.rawValue)")
    }
    return told
  }

  /// What a file is by its name: trainers without a library for one format write another and tell the one that was asked for.
  private static func ending(of path: String) -> String? {
    path.split(separator: ".").last.map { $0.lowercased() }.flatMap(Format.init)?.rawValue
  }
}

// MARK: - From the stored report

extension SamplesExport {
  private func byReport(_ input: Input, _ path: String?, _ indices: [Int64]?, _ call: Call) async throws -> JSONValue {
    guard let path else {
      throw PluginFailure(
        "no trainer is at '\(input.run)', so its samples come from the stored report; give 'path' for the file", code: "path_missing",
        status: .invalid)
    }
    let wanted = indices.map(Set.init)
    let samples = try await report(of: input.run).filter { wanted?.contains($0.index) ?? true }
    try await background.run(for: call) { work in try Self.write(samples, to: path, work) }
    return [
      "run": .string(input.run), "source": "report", "path": .string(path), "format": "csv", "rows": .integer(Int64(samples.count)),
      "note": .string(
        "no trainer is at the run: these are the numbers and losses of its newest report, without the samples themselves"
          + (input.format == .csv ? "" : ", and as csv")),
    ]
  }

  private static func write(_ samples: [Sample], to path: String, _ work: Work) throws {
    guard FileSystem.kind(of: path) == .nothing else { throw FileSystem.exists(path) }
    let partial = FileSystem.temporaryName(beside: path)
    do {
      let file = try OutputFile(partial)
      var text = Array("sample_id,loss\n".utf8)
      for sample in samples {
        text += "\(sample.index),\(sample.loss.map { "\($0)" } ?? "")\n".utf8
        guard text.count >= Work.chunk else { continue }
        try work.check()
        try file.write(text)
        text.removeAll(keepingCapacity: true)
      }
      try file.write(text)
      try file.synchronize()
      try FileSystem.publish(partial, as: path)
    } catch {
      FileSystem.remove(partial)
      throw error
    }
  }

  /// The newest report of a run, page by page.
  private func report(of run: String) async throws -> [Sample] {
    var samples: [Sample] = []
    var from: Int64? = 0
    while let start = from {
      let input: JSONValue = ["run": .string(run), "from": .integer(start), "limit": .integer(Self.page)]
      let answer = try JSONValue(parsing: await context.call("runs.report", bytes: input.bytes()).bytes)
      let losses = answer["losses"]?.arrayValue ?? []
      let indices = answer["sample_indices"]?.arrayValue ?? []
      for (offset, loss) in losses.enumerated() {
        let index = indices.indices.contains(offset) ? indices[offset].intValue.map(Int64.init) : nil
        samples.append(Sample(index: index ?? start + Int64(offset), loss: loss.doubleValue))
      }
      let next = answer["next"]?.intValue.map(Int64.init)
      // A page that does not go on would go on for ever.
      from = next.flatMap { $0 > start ? $0 : nil }
    }
    return samples
  }
}
