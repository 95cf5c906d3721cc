// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import PluginSDK

@testable import PluginTestKit

/// A plugin with a command for each thing worth trying.
struct ProbePlugin: Plugin {
  static let id = "probe"
  static let version = "1.2.3"

  struct Configuration: Codable, Sendable { let bench: String }
  struct Count: Codable, Sendable { let count: Int }
  struct Steps: Codable, Sendable {
    struct Step: Codable, Sendable { let loss: Double }
    let steps: [Step]
    let labels: [String: Bool]?
  }
  struct Broken: Error, CustomStringConvertible { let description = "the wheel came off" }

  let context: PluginContext
  let bench: Bench

  init(_ context: PluginContext) throws {
    let configuration = try context.configuration(Configuration.self)
    self.context = context
    guard let bench = Bench.named(configuration.bench) else { throw PluginFailure("no bench '\(configuration.bench)'", status: .invalid) }
    self.bench = bench
    bench.state.change { $0.context = context }
  }

  var subscriptions: [Subscription] {
    [
      Subscription("closure.*") { event in
        if bench.state.read({ $0.answersLater }) {
          bench.note("later")
          return .later
        }
        bench.note("\(event.topic) \(String(decoding: event.bytes, as: UTF8.self)) \(event.withBytes { $0.count }) lost \(event.lost)")
        return .taken
      },
      .stream("stream.*", buffer: 4) { events in
        do { try await bench.untilOpen() } catch { return }
        for await event in events { bench.note(String(decoding: event.bytes, as: UTF8.self)) }
        bench.note("stream ended")
      },
    ]
  }

  func start() async throws {
    bench.note("start on \(threadName())")
    if bench.name.hasPrefix("startFails") { throw PluginFailure("no port is free", status: .busy) }
    if bench.name.hasPrefix("startCalls") { _ = try await context.call("other.add", bytes: []) }
  }

  func stop() async { bench.note("stop") }

  func configurationChanged(to configuration: PluginContext.Configuration) async throws {
    let bench = try configuration.decode(Configuration.self).bench
    if bench == "bad" { throw PluginFailure("there is no bench 'bad'") }
    self.bench.note("configuration \(bench)")
  }

  var commands: [Command] { plain + waiting + calling + publishing }

  private var plain: [Command] {
    [
      Command("probe.echo") { (input: [String: Int], _) in input },
      Command("probe.steps") { (input: Steps, _) in input.steps.count },
      Command("probe.thread") { _ in threadName() },
      Command("probe.empty") { _ in Empty() },
      Command("probe.fail") { _ -> Empty in
        throw PluginFailure(
          "run 'r1' is not there; list the runs", code: "run_not_found", retryable: true, data: ["run": "r1"], status: .notFound)
      },
      Command("probe.break") { _ -> Empty in throw Broken() },
      Command("probe.nan") { _ in ["loss": [Double.nan]] },
      Command("probe.unfit") { _ -> Empty in throw PluginFailure("no", data: Double.infinity) },
      .bytes("probe.reverse") { input, _ in Payload(bytes: input.bytes.reversed(), content: .bytes) },
      .prompt("probe.prompt") { input, call in
        async let after = threadName()
        let before = threadName()
        let taken = [call.tryEmit(bytes: Array("1".utf8)), call.tryEmit(bytes: Array("2".utf8))]
        if !input.bytes.isEmpty { call.answer(input) }
        return Payload(bytes: Array("\"\(before) \(taken) \(await after)\"".utf8))
      },
      .inline("probe.inline") { input in
        if input.isEmpty { _ = try topicBlocking() }
        return Array("\(input.count)".utf8)
      },
      .onHostThread("probe.here") { input, content in
        if input.isEmpty { _ = try topicBlocking() }
        return Payload(bytes: Array("\"\(threadName()) \(input.count)\"".utf8), content: content)
      },
    ]
  }

  private func topicBlocking() throws { try context.topic("probe.out").publishBlocking(bytes: Array("1".utf8)) }

  private var waiting: [Command] {
    [
      Command("probe.count") { (input: Count, call) in
        for number in 0..<input.count { try await call.emit(number) }
        return input
      },
      Command("probe.progress") { call in
        call.progress(0.5, "half")
        call.progress(.nan)
        return Empty()
      },
      Command("probe.wait") { call in
        bench.note("waiting")
        do { try await bench.untilOpen() } catch is CancellationError {
          bench.note("cancelled \(call.isCancelled)")
          throw CancellationError()
        }
        return call.remaining == nil
      },
      .prompt("probe.prompt_wait") { _, call in
        bench.note("waiting")
        do { try await bench.untilOpen() } catch is CancellationError {
          bench.note("cancelled \(call.isCancelled)")
          throw CancellationError()
        }
        return .emptyObject
      },
      Command("probe.block") { call in
        bench.note("blocking")
        bench.blockUntilOpen()
        context.log.info("unblocked")
        return call.isCancelled
      },
    ]
  }

  private var calling: [Command] {
    [
      Command("probe.add") { call in try await context.call("other.add", ["a": 1], returning: Int.self) },
      Command("probe.add_soon") { call in
        try await context.call("other.add", ["a": 1], returning: Int.self, timeout: .milliseconds(20))
      },
      Command("probe.collect") { call in
        let answer = try await context.call(
          "other.stream", bytes: Array("{}".utf8), onChunk: { bench.note(String(decoding: $0.bytes, as: UTF8.self)) },
          onProgress: { bench.note("\($0) \($1)") })
        return String(decoding: answer.bytes, as: UTF8.self)
      },
    ]
  }

  private var publishing: [Command] {
    [
      Command("probe.publish") { (input: Count, _) in
        let topic = try context.topic("probe.out")
        for number in 0..<input.count { try await topic.publish(number) }
        return input
      },
      Command("probe.foreign") { _ -> Empty in
        _ = try context.topic("")
        return Empty()
      },
    ]
  }
}

/// The name of the thread this runs on.
func threadName() -> String {
  let bytes = (try? Data(contentsOf: URL(filePath: "/proc/thread-self/comm"))) ?? Data()
  return String(decoding: bytes, as: UTF8.self).filter { $0 != "\n" }
}
