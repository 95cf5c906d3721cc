// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import Glibc
import JSON
import PluginSDK
import Processes
import Synchronization
import Testing

@testable import RunBridge

/// The runs with a real database and real processes, in a directory of their own.
final class RunsBench: Sendable {
  struct Over: Sendable, Hashable {
    var run: String
    var reason: String
  }

  let directory: String
  let runs: RunRegistry
  let sink = RecordedOutput()
  private let store: BridgeStore
  private let over: AsyncStream<Over>
  private let events: AsyncStream<JSONValue>
  let idle = Mutex(0)
  let warnings = Mutex<[String]>([])

  /// - Parameter directory: Of an earlier life; nil makes one.
  init(directory: String? = nil, _ change: (inout RunSettings) -> Void = { _ in }, trainerPort: Int? = nil) async throws {
    self.directory = directory ?? Self.temporary()
    store = BridgeStore(path: self.directory + "/bridge.sqlite")
    try store.start()
    var settings = RunSettings()
    change(&settings)
    let (over, overFeed) = AsyncStream<Over>.makeStream()
    let (events, eventFeed) = AsyncStream<JSONValue>.makeStream()
    (self.over, self.events) = (over, events)
    var surroundings = RunSurroundings(address: { "ws://127.0.0.1:4711/" })
    surroundings.trainerPort = { trainerPort }
    surroundings.isOver = { run, reason in overFeed.yield(Over(run: run.id, reason: reason)) }
    surroundings.publish = { eventFeed.yield($0) }
    surroundings.sink = sink
    let box = Later()
    surroundings.isIdle = { box.bench?.idle.withLock { $0 += 1 } }
    surroundings.warn = { message, values in box.bench?.warnings.withLock { $0.append("\(message) \(values)") } }
    runs = try RunRegistry(store: store, directory: self.directory + "/runs", settings: settings, surroundings: surroundings)
    box.set(self)
    try await runs.start()
  }

  /// Knows the bench once there is one.
  private final class Later: Sendable {
    private struct Weak: Sendable {
      weak var bench: RunsBench?
    }

    private let state = Mutex(Weak())
    var bench: RunsBench? { state.withLock { $0.bench } }
    func set(_ bench: RunsBench) { state.withLock { $0.bench = bench } }
  }

  static func temporary() -> String {
    var template = Array("/tmp/runs-test-XXXXXX".utf8CString)
    mkdtemp(&template)
    return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// Ends this life; the runs go on.
  func stop() {
    runs.stop()
    store.stop()
  }

  func remove() {
    stop()
    try? FileManager.default.removeItem(atPath: directory)
  }

  static func order(_ command: String..., name: String? = nil) -> RunOrder { RunOrder(name: name, command: command) }

  /// Begins a shell with a script, kept by the host.
  func begin(_ script: String, env: [String: String?] = [:]) async throws -> Run {
    var order = RunOrder(name: "demo", command: ["/bin/sh", "-c", script])
    order.cwd = directory
    order.env = env
    return try await runs.begin(order)
  }

  /// The next run that is over.
  func nextOver() async -> Over? {
    for await over in over { return over }
    return nil
  }

  func nextEvent() async -> JSONValue? {
    for await event in events { return event }
    return nil
  }

  func rows() async throws -> [RunTable.Row] { try await store.perform { try RunTable.all(in: $0) } }

  /// A pipe with a name, which a script waits on.
  func gate(_ name: String) throws {
    guard mkfifo(directory + "/" + name, 0o600) == 0 else { throw PluginFailure("no gate") }
  }

  /// Lets the script behind a gate go on; waits until it waits there.
  func open(_ name: String) async throws {
    let path = directory + "/" + name
    _ = try await blocking { try "go\n".write(toFile: path, atomically: false, encoding: .utf8) }
  }
}

/// Runs what blocks on a thread of its own.
func blocking<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
  try #require(await OwnedThread.run(name: "test-blocking") { Result { try body() } }).get()
}

/// Takes the output of runs, and can be full.
final class RecordedOutput: OutputSink {
  struct Event: Sendable {
    var topic: OutputTopic
    var value: JSONValue
  }

  private struct State: Sendable {
    var events: [Event] = []
    var room: Int?
    var ready: [@Sendable () -> Void] = []
    var wasFull = false
  }

  private let state = Monitor(State())

  func offer(_ event: [UInt8], on topic: OutputTopic) throws -> Bool {
    let value = try JSONValue(parsing: event)
    return state.change { state in
      if let room = state.room {
        state.wasFull = room == 0
        guard room > 0 else { return false }
        state.room = room - 1
      }
      state.events.append(Event(topic: topic, value: value))
      return true
    }
  }

  func whenReady(_ topic: OutputTopic, _ body: @escaping @Sendable () -> Void) { state.change { $0.ready.append(body) } }

  func setRoom(_ room: Int?) {
    let ready = state.change { state in
      state.room = room
      defer { state.ready = [] }
      return state.ready
    }
    for body in ready { body() }
  }

  /// Waits until an event was refused.
  func isFull() async throws {
    let isFull = try await blocking { [state] in state.wait(until: MonotonicClock.after(.seconds(60))) { $0.wasFull ? true : nil } ?? false
    }
    #expect(isFull)
  }

  /// What was told of a run until now.
  func soFar(_ run: String) -> [Event] { state.read { $0.events.filter { $0.value["run_id"] == .string(run) } } }

  /// Everything told of a run up to and with an event that fits, in order.
  func events(_ run: String, until fits: @escaping @Sendable (JSONValue) -> Bool = { $0["type"] == "process_ended" }) async throws
    -> [Event]
  {
    let run = JSONValue.string(run)
    let found = try await blocking { [state] in
      state.wait(until: MonotonicClock.after(.seconds(200))) { state -> [Event]? in
        let own = state.events.filter { $0.value["run_id"] == run }
        return own.contains { fits($0.value) } ? own : nil
      }
    }
    return try #require(found)
  }
}
