// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import JSON
internal import PluginSDK
internal import Processes

/// The commands about runs.
struct RunCommands: Sendable {
  /// Gives the runs; throws before the start and after the stop.
  let runs: @Sendable () throws -> RunRegistry

  private struct Named: Decodable, Sendable {
    var run: String
  }

  private struct Adoption: Decodable, Sendable {
    var run: String
    var pid: Int32
  }

  private struct Closing: Decodable, Sendable {
    var run: String
    var status: Int32?
    var signal: Int32?
  }

  private struct Stopping: Decodable, Sendable {
    var run: String
    var signal: String?
    var graceMs: Int?

    private enum CodingKeys: String, CodingKey {
      case run, signal
      case graceMs = "grace_ms"
    }
  }

  private struct Listing: Decodable, Sendable {
    var all: Bool?
  }

  private struct Following: Decodable, Sendable {
    struct Offsets: Decodable, Sendable {
      var stdout: Int?
      var stderr: Int?
    }

    var run: String
    var from: Offsets?
  }

  private static let signals = ["TERM": SIGTERM, "INT": SIGINT, "HUP": SIGHUP, "KILL": SIGKILL]

  var all: [Command] {
    [
      command("run.open") { (order: RunOrder, runs) in
        let opened = try await runs.open(order)
        return [
          "run": .string(opened.run.id), "name": .string(opened.run.name), "session": .string(opened.run.session),
          "environment": .object(opened.environment.mapValues { .string($0) }),
        ]
      },
      command("run.adopt") { (input: Adoption, runs) in try show(runs.adopt(input.run, pid: input.pid), runs) },
      command("run.close") { (input: Closing, runs) in
        let ending = input.signal.map(ProcessEnding.signalled) ?? input.status.map(ProcessEnding.exited) ?? .unknown
        return try show(runs.close(input.run, ending), runs)
      },
      command("run.start") { (order: RunOrder, runs) in try await show(runs.begin(order), runs) },
      command("run.list") { (input: Listing, runs) in
        ["runs": .array(runs.list(all: input.all ?? false).map { $0.run.description(connections: $0.connections) })]
      },
      command("run.show") { (input: Named, runs) in
        try show(runs.find(input.run).run, runs)
      },
      command("run.stop") { (input: Stopping, runs) in
        guard let signal = Self.signals[input.signal ?? "TERM"] else {
          throw RunOrder.invalid("run.stop", "'signal' must be one of TERM, INT, HUP, KILL, not '\(input.signal ?? "")'")
        }
        let grace = input.graceMs.map { Duration.milliseconds($0) } ?? .seconds(runs.settings.stopGraceSeconds)
        return try await show(runs.stop(input.run, signal: signal, grace: grace), runs)
      },
      follow,
    ]
  }

  private var follow: Command {
    .bytes("run.follow") { payload, call in
      let (input, runs): (Following, RunRegistry) = (try payload.decode(), try self.runs())
      let run = try runs.find(input.run).run
      var reader = try RunFollow(run, from: [input.from?.stdout ?? 0, input.from?.stderr ?? 0].map { max(0, $0) })
      while true {
        let seen = runs.output.changes
        let isOver = runs.isEnded(run.id)
        let chunks = reader.read(isOver: isOver)
        for chunk in chunks { try await call.emit(bytes: chunk.bytes()) }
        if !chunks.isEmpty { continue }
        if isOver { return Payload(bytes: show(try runs.find(run.id).run, runs).bytes()) }
        try Task.checkCancellation()
        await runs.output.waitForChange(since: seen)
        if runs.isStopping { throw PluginFailure("cannot follow a run: the host is stopping", retryable: true, status: .stopping) }
      }
    }
  }

  private func show(_ run: Run, _ runs: RunRegistry) -> JSONValue { run.description(connections: runs.connections(of: run.id)) }

  private func command<Input: Decodable & Sendable>(
    _ name: String, _ body: @escaping @Sendable (Input, RunRegistry) async throws -> JSONValue
  ) -> Command {
    .bytes(name) { payload, _ in
      let (input, runs): (Input, RunRegistry) = (try payload.decode(), try self.runs())
      return Payload(bytes: try await body(input, runs).bytes())
    }
  }
}
