// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import JSON
import PluginSDK
import Testing

@testable import Trainer

/// A running service on a port of its own, with a recording bus.
final class ServiceBench: Sendable {
  let service: TrainerService
  let sink: RecordingSink
  let directory: String
  private let phases: AsyncStream<Spool.Phase>

  init(
    room: Int? = nil, spoolMemoryBytes: Int = 64 << 20, maxLineBytes: Int = 64 << 20, maxConnections: Int = 1_024, directory: String? = nil,
    spoolDirectory: String? = nil, tearing tornBytes: Int = 0, ledger: any RunLedger = FakeLedger()
  ) throws {
    let directory = directory ?? FileManager.default.temporaryDirectory.appending(path: "trainer-tests-\(UUID().uuidString)").path()
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    if tornBytes > 0 { try Self.tear(tornBytes, in: directory + "/spool") }
    let sink = RecordingSink(room: room)
    let (phases, continuation) = AsyncStream<Spool.Phase>.makeStream()
    service = try TrainerService(
      TrainerSettings(
        .init(
          port: 0, spoolMemoryBytes: spoolMemoryBytes, maxLineBytes: maxLineBytes, maxConnections: maxConnections)),
      .init(
        spoolDirectory: spoolDirectory ?? directory + "/spool", processDirectory: directory + "/trainings",
        memoryFile: directory + "/sessions.json", ledger: ledger, sink: sink,
        warn: { _, _ in }
      ) { continuation.yield($1) })
    self.sink = sink
    self.directory = directory
    self.phases = phases
  }

  deinit { try? FileManager.default.removeItem(atPath: directory) }

  /// The files that the spool has.
  var spoolFiles: [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: directory + "/spool")) ?? []).sorted().map { directory + "/spool/" + $0 }
  }

  func trainer() throws -> FakeTrainer { try FakeTrainer(port: service.address.port) }

  /// Cuts the end off the newest of a spool's files, as a crash in the middle of a write does.
  private static func tear(_ count: Int, in directory: String) throws {
    let newest = try #require(FileManager.default.contentsOfDirectory(atPath: directory).max())
    let file = URL(filePath: directory + "/" + newest)
    try Data(contentsOf: file).dropLast(count).write(to: file)
  }

  /// Asks a trainer and has it answer: then everything it sent before was read.
  func exchange(with trainer: FakeTrainer, _ session: String) async throws {
    while !service.sessions.isConnected(session) { try await Task.sleep(for: .milliseconds(1)) }
    async let answer = service.request("server_info", session: session)
    let line = try #require(await trainer.next())
    let id = try JSONValue(parsing: line)["id"] ?? .null
    trainer.send(#"{"id": \#(id.serialized()), "ok": true}"#)
    _ = try await answer
  }

  /// Waits until the spool has entered a phase of that kind.
  func phase(_ isWanted: (Spool.Phase) -> Bool) async -> Spool.Phase? {
    for await phase in phases where isWanted(phase) { return phase }
    return nil
  }

  func stop() {
    sink.setRoom(nil)
    service.stop()
  }
}

/// A step as a trainer sends it.
func step(_ step: Int, seq: Int, session: String = "sess-a", run: String = "baseline") -> String {
  #"{"type": "trainStep", "step": \#(step), "loss": 0.5, "run_id": "\#(run)", "run_gen": 0, "ts": \#(1_700_000_000.5 + Double(seq)), "session_id": "\#(session)", "event_seq": \#(seq)}"#
}

/// An event without fields of its own.
func event(_ type: String, seq: Int, session: String = "sess-a", run: String = "baseline") -> String {
  #"{"type": "\#(type)", "run_id": "\#(run)", "run_gen": 0, "ts": \#(1_700_000_000.5 + Double(seq)), "session_id": "\#(session)", "event_seq": \#(seq)}"#
}

/// How our own client introduces itself.
func hello(session: String = "sess-a", wantsAck: Bool = true) -> String {
  #"{"type": "client_hello", "session_id": "\#(session)", "run_id": "baseline", "project": "demo", "run_name": "baseline", "client": "jackfield", "version": "0.1.0", "wants_ack": \#(wantsAck), "pid": 4711, "cwd": "/home/ada/demo", "ts": 1700000000.0}"#
}

/// The path of a file beside the tests.
func fixture(_ name: String) -> String {
  URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().appending(path: name).standardized.path()
}

/// The lines a real trainer sent, in order, from the captured conversation.
func capturedLines() throws -> [String] {
  try String(contentsOfFile: fixture("../Fixtures/trainer-native.ndjson"), encoding: .utf8).split(separator: "\n").compactMap { line in
    let entry = try JSONValue(parsing: String(line))
    return entry["dir"] == "in" ? entry["line"]?.stringValue : nil
  }
}
