// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import JSON
import PluginSDK
import PluginTestKit
import Testing

@testable import RunBridge

/// Fronts, requests and consents as a plugin of their own: what scripts ask comes through `bridge.request`.
final class FrontBench: Plugin {
  static let id = "front-bench"
  static let version = "1.0.0"

  struct Settings: Decodable {
    var fronts: FrontSettings?
    var requests: RequestSettings?
    /// Of the database; else beside the plugin's data.
    var database: String?
  }

  private let store: BridgeStore
  private let desk: FrontDesk
  private let consents: ConsentDesk
  private let router: RequestRouter
  private let audit: AuditLog

  init(_ context: PluginContext) throws {
    let settings = try context.configuration(Settings.self)
    store = BridgeStore(path: try settings.database ?? context.directory(.data) + "/bridge.db")
    let topics = ["bridge.front": try context.topic("bridge.front"), "bridge.request": try context.topic("bridge.request")]
    let publish: FrontDesk.Publish = { name, event in
      do { _ = try topics[name]?.tryPublish(bytes: event.bytes()) } catch { context.log.error("not published", ["error": "\(error)"]) }
    }
    desk = FrontDesk(settings: settings.fronts ?? FrontSettings(), publish: publish)
    audit = AuditLog(store: store, mostRows: settings.requests?.auditEntries ?? 100) { context.log.warning("audit", ["reason": $0]) }
    consents = ConsentDesk(fronts: desk, store: store, executor: context.executor) { context.log.warning("consent", ["reason": $0]) }
    router = RequestRouter(
      fronts: desk, chat: SmallChat(fronts: desk), commands: HostCommandCalling(context: context), consents: consents, audit: audit,
      settings: settings.requests ?? RequestSettings(),
      remark: { level, text, values in context.log.info(text, values.merging(["level": level.rawValue]) { $1 }) }, publish: publish)
  }

  func start() async throws {
    try store.start()
    try await consents.load()
  }

  func stop() async {
    desk.stop()
    store.stop()
  }

  var commands: [Command] {
    FrontCommands(desk: desk).all + ConsentCommands(consents: consents, audit: audit).all
      + RequestCommands(router: router, run: { Self.runs[$0] }).all + [
        .bytes("bench.end") { [desk, consents] payload, _ in
          let run = try JSONInput.read(payload, of: "bench.end")["run"]?.stringValue ?? ""
          desk.end(run: run)
          await consents.end(run: run)
          return .emptyObject
        }
      ]
  }

  static let runs: [String: Caller] = [
    "r1": Caller(run: "r1", name: "train.py", workspace: "/w/a", scopes: .ordinary, connection: 7),
    "r2": Caller(run: "r2", name: "other.py", workspace: "/w/b", scopes: .ordinary, connection: nil),
    "r3": Caller(run: "r3", name: "again.py", workspace: "/w/a", scopes: .ordinary, connection: nil),
    "wide": Caller(run: "wide", name: "wide.py", workspace: nil, scopes: RunScopes(requests: ["*"], commands: ["*"]), connection: nil),
    "quiet": Caller(
      run: "quiet", name: "quiet.py", workspace: nil, scopes: RunScopes(requests: ["vscode/showMessage"], commands: []), connection: nil),
  ]
}

/// Chats with a front, and says what it was asked without one.
struct SmallChat: Chatting {
  let fronts: any FrontAsking

  func chat(_ request: BridgeRequest, from caller: Caller, part: @escaping @Sendable (JSONValue) -> Void) async throws -> JSONValue {
    let question = FrontQuestion(kind: .chat, body: ["message": request.params["message"] ?? .null])
    return try await fronts.ask(question, for: caller, until: request.deadline, part: part) ?? ["response": "nobody"]
  }

  func history(_ request: BridgeRequest, from caller: Caller) async throws -> JSONValue { ["messages": []] }
}

/// A front of a test.
struct BenchFront {
  let host: TestHost
  let call: TestCall
  let id: String
  let name: String

  static func attach(
    _ host: TestHost, name: String = "front", workspace: String? = nil,
    can: [String] = ["message", "progress", "choose", "input", "form", "consent", "open", "diff", "chat"], offers: [String] = [],
    credit: UInt64 = .max
  ) async throws -> BenchFront {
    let input: JSONValue = [
      "name": .string(name), "workspace": workspace.map { .string($0) } ?? .null, "capabilities": .array(can.map { .string($0) }),
      "commands": .array(offers.map { ["name": .string($0)] }),
    ]
    let call = host.begin("bridge.attach", Payload(bytes: input.bytes()), credit: credit)
    let first = try JSONValue(parsing: try await call.nextChunk().bytes)
    return BenchFront(
      host: host, call: call, id: try #require(first["front"]?.stringValue), name: try #require(first["name"]?.stringValue))
  }

  func next() async throws -> JSONValue { try JSONValue(parsing: try await call.nextChunk().bytes) }

  /// - Returns: The failure's sentence; nil when it was taken.
  @discardableResult
  func say(_ question: JSONValue, _ member: String, _ value: JSONValue) async throws -> String? {
    let input: JSONValue = .object(["front": .string(id), "question": question["question"] ?? .null, member: value])
    return try await host.call("bridge.answer", input.serialized()).failure?.message
  }

  @discardableResult
  func answer(_ question: JSONValue, _ result: JSONValue) async throws -> String? { try await say(question, "result", result) }

  /// Answers the next question.
  @discardableResult
  func answerNext(_ result: JSONValue) async throws -> JSONValue {
    let question = try await next()
    #expect(try await answer(question, result) == nil)
    return question
  }

  /// Ends it, and waits until the host's side has ended.
  func detach() async throws {
    call.cancel()
    let id = id
    while try await host.call("bridge.fronts").text.contains(id) { await Task.yield() }
  }
}

extension TestHost {
  static func fronts(_ configuration: JSONValue = [:]) async throws -> TestHost {
    try await TestHost(plugin: FrontBench.self, configuration: configuration.serialized())
  }

  func begin(_ type: String, _ params: JSONValue, run: String? = "r1", timeout: Int? = nil, credit: UInt64 = .max) -> TestCall {
    var input: JSONValue = ["type": .string(type), "params": params]
    if let run { input["run"] = .string(run) }
    if let timeout { input["timeout_ms"] = .integer(Int64(timeout)) }
    return begin("bridge.request", Payload(bytes: input.bytes()), credit: credit)
  }

  /// Asks as a script does.
  ///
  /// - Returns: The result, or the failure's sentence.
  func ask(_ type: String, _ params: JSONValue, run: String? = "r1", timeout: Int? = nil) async throws -> JSONValue {
    try await begin(type, params, run: run, timeout: timeout).outcome()
  }

  func value(_ command: String, _ input: JSONValue = [:]) async throws -> JSONValue {
    let answer = try await call(command, input.serialized())
    if let failure = answer.failure { return .string(failure.message) }
    return try JSONValue(parsing: answer.payload.bytes)
  }
}

extension TestCall {
  func outcome() async throws -> JSONValue {
    let answer = try await answer()
    if let failure = answer.failure { return .string(failure.message) }
    return try JSONValue(parsing: answer.payload.bytes)
  }
}
