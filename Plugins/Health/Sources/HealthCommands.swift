// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import PluginSDK

/// The plugin's commands: what each reads, does and answers.
struct HealthCommands: Sendable {
  let parts: Checkup.Parts
  let host: HostReport

  var all: [Command] {
    [
      .bytes("health.check") { input, call in try await check(CheckInput(one: input), call) },
      .bytes("health.run") { input, call in try await run(CheckInput(several: input), call) },
      .bytes("health.list") { input, _ in
        try await pass(to: "runs.health", InputReader(input, of: "health.list")) { try history($0) }
      },
      .bytes("health.report") { input, _ in try await report(InputReader(input, of: "health.report")) },
      .bytes("health.alerts") { input, _ in
        try await pass(to: "runs.alerts", InputReader(input, of: "health.alerts")) { try alerts($0) }
      },
      .bytes("health.host") { _, _ in Payload(bytes: try await host.answer().bytes()) },
    ]
  }

  private func check(_ input: CheckInput, _ call: Call) async throws -> Payload {
    let report = try await Checkup(parts: parts, input: input).perform(call) { _ in }
    var answer = report.results.first?.objectValue ?? [:]
    for (name, value) in report.description where name != "session" && name != "run" { answer[name] = value }
    return Payload(bytes: JSONValue.object(answer).bytes())
  }

  /// Sends each result as a chunk when it is there. A caller that takes no chunks does not keep the training paused: they wait apart.
  private func run(_ input: CheckInput, _ call: Call) async throws -> Payload {
    let (results, inlet) = AsyncStream<JSONValue>.makeStream()
    defer { inlet.finish() }
    async let emitting: Void = Self.emit(results, to: call)
    let report = try await Checkup(parts: parts, input: input).perform(call) { inlet.yield($0) }
    inlet.finish()
    try await emitting
    var answer = report.description
    answer["verdict"] = .string((report.verdicts.max() ?? .ok).rawValue)
    answer["sentence"] = .string(Self.sentence(report))
    answer["results"] = .array(report.results)
    return Payload(bytes: JSONValue.object(answer).bytes())
  }

  private static func emit(_ results: AsyncStream<JSONValue>, to call: Call) async throws {
    for await result in results { try await call.emit(bytes: result.bytes()) }
  }

  private static func sentence(_ report: Checkup.Report) -> String {
    let wrong = report.verdicts.filter { $0 != .ok }.count
    let found =
      wrong == 0
      ? "All is well in \(counted(report.verdicts.count, "check"))."
      : "\(counted(wrong, "check")) of \(report.verdicts.count) found something."
    return report.trouble.map { "\(found) But \($0)." } ?? found
  }

  // MARK: - What the store has

  private func pass(
    to command: String, _ reader: InputReader, _ members: (InputReader) throws -> [String: JSONValue]
  ) async throws -> Payload {
    Payload(bytes: try await parts.neighbours.call(command, .object(members(reader))).bytes())
  }

  private func history(_ reader: InputReader) throws -> [String: JSONValue] {
    var members: [String: JSONValue] = ["limit": .integer(Int64(try reader.count("limit", in: 1...200) ?? 20))]
    members["run"] = try reader.string("run").map { .string($0) }
    members["check"] = try reader.string("check").map { .string(try CheckKind.named($0).rawValue) }
    return members
  }

  private func alerts(_ reader: InputReader) throws -> [String: JSONValue] {
    var members: [String: JSONValue] = ["limit": .integer(Int64(try reader.count("limit", in: 1...1_000) ?? 100))]
    members["run"] = try reader.string("run").map { .string($0) }
    members["open"] = try reader.bool("open").map { .bool($0) }
    return members
  }

  private func report(_ reader: InputReader) async throws -> Payload {
    guard let run = try reader.string("run") else {
      throw PluginFailure("cannot read the input of 'health.report': 'run' must be given", status: .invalid)
    }
    return Payload(bytes: try await HealthReport(run, parts.neighbours).answer().bytes())
  }
}
