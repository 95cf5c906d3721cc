// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import Glibc
import JSON
import PluginSDK
import PluginTestKit
import Processes
import Synchronization
import Testing

@testable import RunBridge

/// The commands about runs, as a plugin of their own.
private final class RunsPlugin: Plugin {
  static let id = "runs"
  static let version = "0.1.0"

  private let context: PluginContext
  private let parts = Mutex<(store: BridgeStore, runs: RunRegistry)?>(nil)

  init(_ context: PluginContext) throws { self.context = context }

  var commands: [Command] {
    RunCommands(runs: { [self] in
      guard let runs = parts.withLock({ $0?.runs }) else { throw PluginFailure("not running") }
      return runs
    }).all
  }

  func start() async throws {
    let store = BridgeStore(path: try context.directory(.data) + "/bridge.sqlite")
    try store.start()
    let surroundings = try RunSurroundings(
      context, address: { "ws://127.0.0.1:9/" }, isOver: { _, _ in }, isIdle: {})
    let runs = try RunRegistry(
      store: store, directory: try context.directory(.state) + "/runs", settings: try context.configuration(), surroundings: surroundings)
    try await runs.start()
    parts.withLock { $0 = (store, runs) }
  }

  func stop() async {
    guard let parts = parts.withLock({ $0.take() }) else { return }
    parts.runs.stop()
    parts.store.stop()
  }
}

@Suite(.timeLimit(.minutes(2))) struct RunCommandsTests {
  private func ask(_ host: TestHost, _ command: String, _ input: JSONValue = [:]) async throws -> JSONValue {
    let answer = try await host.call(command, input.serialized())
    if let failure = answer.failure { throw failure }
    return try JSONValue(parsing: answer.text)
  }

  @Test func runIsOpenedAdoptedShownAndClosed() async throws {
    let host = try await TestHost(plugin: RunsPlugin.self)
    host.answer("trainer.list") { _ in #"{"port":47999}"# }
    let opened = try await ask(
      host, "run.open", ["command": ["python3", "-u", "x.py"], "workspace": "/w", "cwd": "/w/a", "scopes": ["commands": ["runs.*"]]])
    let id = try #require(opened["run"]?.stringValue)
    #expect(opened["name"] == "python3" && opened["environment"]?["JACKFIELD_RUN"] == .string(id))
    #expect(opened["environment"]?["ONTHEFLY_DASHBOARD_PORT"] == "47999")
    #expect(opened["session"] == opened["environment"]?["RUN_BRIDGE_SESSION"])
    let adopted = try await ask(host, "run.adopt", ["run": .string(id), "pid": .integer(Int64(getpid()))])
    #expect(adopted["state"] == "running" && adopted["pid"] == .integer(Int64(getpid())))
    let shown = try await ask(host, "run.show", ["run": .string(id)])
    #expect(shown["kind"] == "terminal" && shown["workspace"] == "/w" && shown["cwd"] == "/w/a")
    #expect(shown["scopes"] == ["requests": ["*"], "commands": ["runs.*"]] && shown["environment"] == nil)
    #expect(try await ask(host, "run.list")["runs"]?.arrayValue?.count == 1)
    let closed = try await ask(host, "run.close", ["run": .string(id), "signal": 9])
    #expect(closed["state"] == "ended" && closed["signal"] == 9 && closed["status"] == nil)
    #expect(try await ask(host, "run.list") == ["runs": []])
    #expect(try await ask(host, "run.list", ["all": true])["runs"]?[0]?["run"] == .string(id))
    let told = host.allPublished("bridge.run").compactMap { try? JSONValue(parsing: $0.text)["state"] }
    #expect(told == ["started", "ended"])
    await host.close()
  }

  @Test func outputIsFollowedToItsEnd() async throws {
    let host = try await TestHost(plugin: RunsPlugin.self)
    let place = RunsBench.temporary()
    #expect(mkfifo(place + "/gate", 0o600) == 0)
    let script = "printf 'a\\303'; read line < gate; printf '\\244\\n'; echo oh >&2; exit 5"
    let run = try await ask(
      host, "run.start", ["command": ["sh", "-c", .string(script)], "cwd": .string(place), "name": "followed"])
    let id = try #require(run["run"])
    let call = host.begin("run.follow", json: JSONValue.object(["run": "followed"]).serialized())
    let first = try JSONValue(parsing: try await call.nextChunk().bytes)
    // Half a character is none.
    #expect(first == ["stream": "stdout", "text": "a", "next": 1])
    _ = try await blocking { try "go\n".write(toFile: place + "/gate", atomically: false, encoding: .utf8) }
    let answer = try JSONValue(parsing: try await call.answer().text)
    #expect(answer["run"] == id && answer["status"] == 5 && answer["state"] == "ended")
    let chunks = try await call.answer().chunks.map { try JSONValue(parsing: $0.bytes) }
    let text = { (stream: JSONValue) in chunks.filter { $0["stream"] == stream }.compactMap { $0["text"]?.stringValue }.joined() }
    #expect(text("stdout") == "aä\n" && text("stderr") == "oh\n")
    // From the middle on, when it is over.
    let rest = try await host.call("run.follow", JSONValue.object(["run": id, "from": ["stdout": 3, "stderr": 3]]).serialized())
    #expect(rest.chunks.map { try? JSONValue(parsing: $0.bytes)["text"] } == ["\n"])
    let lines = host.allPublished("bridge.log").compactMap { try? JSONValue(parsing: $0.text)["text"]?.stringValue }
    #expect(Set(lines) == ["aä", "oh"])
    try? FileManager.default.removeItem(atPath: place)
    await host.close()
  }

  @Test func cancelledFollowerLeavesTheRun() async throws {
    let host = try await TestHost(plugin: RunsPlugin.self)
    let run = try await ask(host, "run.start", ["command": ["sleep", "1000"], "cwd": "/"])
    let input = JSONValue.object(["run": run["run"] ?? .null])
    let call = host.begin("run.follow", json: input.serialized())
    call.cancel()
    #expect(try await call.answer().status == .cancelled)
    #expect(try await ask(host, "run.show", input)["state"] == "running")
    let stopped = try await ask(host, "run.stop", ["run": run["run"] ?? .null, "signal": "KILL"])
    #expect(stopped["signal"] == 9)
    await host.close()
  }

  @Test(arguments: [
    ("run.show", #"{"run":"x"}"#, "there is no run 'x'; run.list shows them"),
    ("run.follow", #"{"run":"x"}"#, "there is no run 'x'; run.list shows them"),
    ("run.stop", #"{"run":"x","signal":"USR1"}"#, "cannot do 'run.stop': 'signal' must be one of TERM, INT, HUP, KILL, not 'USR1'"),
    ("run.close", #"{"run":"x","status":0}"#, "there is no run 'x'; run.list shows them"),
  ])
  func refusalsSayWhy(command: String, input: String, message: String) async throws {
    let host = try await TestHost(plugin: RunsPlugin.self)
    #expect(try await host.call(command, input).failure?.message == message)
    await host.close()
  }

  @Test func kindsAreNotMixedUp() async throws {
    let host = try await TestHost(plugin: RunsPlugin.self)
    let captured = try await ask(host, "run.start", ["command": ["sleep", "1000"], "cwd": "/"])["run"]?.stringValue ?? ""
    let terminal = try await ask(host, "run.open", ["command": ["x"]])["run"]?.stringValue ?? ""
    #expect(
      try await host.call("run.close", #"{"run":"\#(captured)"}"#).failure?.message
        == "cannot close the run '\(captured)': the host began its process; end it with run.stop")
    #expect(
      try await host.call("run.follow", #"{"run":"\#(terminal)"}"#).failure?.message
        == "cannot follow the run '\(terminal)': its output goes to its terminal")
    #expect(try await ask(host, "run.stop", ["run": .string(captured), "signal": "KILL"])["signal"] == 9)
    await host.close()
  }

  @Test(arguments: [
    ([], 0), (Array("abc".utf8), 3), (Array("aä".utf8), 3), ([0x61, 0xC3], 1), ([0xE2, 0x82], 0), ([0xF0, 0x9F, 0x98], 0),
    (Array("😀".utf8), 4), ([0x80, 0x80, 0x80, 0x80], 4), ([0xFF], 0),
  ])
  func charactersStayWhole(bytes: [UInt8], whole: Int) { #expect(RunFollow.wholeCharacters(bytes) == whole) }

  @Test func settingsHaveDefaults() throws {
    let defaults = try JSONDecoder().decode(RunSettings.self, from: Data("{}".utf8))
    #expect(defaults.runs == 256 && defaults.handoverSeconds == 30 && defaults.trainerPort == nil && defaults.unadoptedSeconds == 60)
    let changed = try JSONDecoder().decode(RunSettings.self, from: Data(#"{"handoverSeconds": 0, "trainerPort": 5}"#.utf8))
    #expect(changed.handoverSeconds == 0 && changed.trainerPort == 5)
  }
}
