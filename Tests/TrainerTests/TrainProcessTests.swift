// SPDX-License-Identifier: Apache-2.0
// Trainings begun from here, with real processes.

import FoundationEssentials
import Glibc
import JSON
import PluginSDK
import PluginTestKit
import Processes
import Testing

@testable import Trainer

@Suite(.timeLimit(.minutes(1))) struct TrainProcessTests {
  /// A process that only this suite's bench follows.
  private func run(_ bench: ServiceBench, _ script: String, env: JSONValue = [:]) throws -> TrainRecord {
    let input: JSONValue = ["command": ["/bin/sh", "-c", .string(script)], "cwd": .string(bench.directory), "env": env, "name": "demo"]
    return try bench.service.processes.begin(TrainOrder(CommandInput(Payload(bytes: input.bytes()), of: "train.start")))
  }

  /// Its lines and its end, in order.
  private func events(_ bench: ServiceBench, of id: String) async throws -> [JSONValue] {
    try await bench.sink.told(on: .process) { $0["type"] == "process_ended" && $0["session_id"] == .string(id) }
    var logs: [JSONValue] = []
    let process = bench.sink.told(on: .process).filter { $0["session_id"] == .string(id) }
    let last = process.last?["event_seq"]?.intValue ?? 0
    while logs.count + process.count < last, let text = await bench.sink.next(on: .log) {
      let log = try JSONValue(parsing: text)
      if log["session_id"] == .string(id) { logs.append(log) }
    }
    return (process + logs).sorted { ($0["event_seq"]?.intValue ?? 0) < ($1["event_seq"]?.intValue ?? 0) }
  }

  @Test func outputAndEndBecomeEvents() async throws {
    let bench = try ServiceBench()
    let record = try run(
      bench, #"echo "$ONTHEFLY_DASHBOARD_PORT $PYTHONUNBUFFERED $EXTRA"; printf 'bar 1\rbar 2\r\n\377\n' ; printf end; exit 3"#,
      env: ["EXTRA": "é"])
    let events = try await events(bench, of: record.id)
    #expect(events.map { $0["type"] } == ["process_started", "log", "log", "log", "log", "log", "process_ended"])
    #expect(
      events.compactMap { $0["text"]?.stringValue } == ["\(bench.service.address.port) 1 é", "bar 1", "bar 2", "\u{FFFD}", "end"])
    #expect(events[1]["level"] == "info" && events[1]["phase"] == "stdout" && events[1]["ts"]?.doubleValue != nil)
    #expect(events[0]["name"] == "demo" && events[0]["cwd"] == .string(bench.directory) && events[0]["pid"] == .integer(Int64(record.pid)))
    #expect(events.last?["exit_status"] == 3 && events.last?["exit_signal"] == nil)
    #expect(bench.service.processes[record.id]?.ending == .exited(3))
    bench.stop()
  }

  @Test func errorsAreToldApart() async throws {
    let bench = try ServiceBench()
    let record = try run(bench, "echo oh >&2")
    let events = try await events(bench, of: record.id)
    #expect(events[1]["text"] == "oh" && events[1]["level"] == "error" && events[1]["phase"] == "stderr")
    #expect(events.last?["exit_status"] == 0)
    bench.stop()
  }

  @Test func floodIsPublishedWholeAndLongLinesAreCut() async throws {
    let bench = try ServiceBench()
    let record = try run(bench, "seq 1 20000; head -c 200000 /dev/zero | tr '\\0' x")
    let events = try await events(bench, of: record.id)
    let texts = events.compactMap { $0["text"]?.stringValue }
    #expect(Array(texts.prefix(20_000)) == (1...20_000).map(String.init))
    #expect(texts.dropFirst(20_000).map(\.utf8.count) == [65_536, 65_536, 65_536, 3_392])
    #expect(events.map { $0["event_seq"]?.intValue } == Array(1...events.count))
    bench.stop()
  }

  @Test func processThatDoesNotEndIsKilled() async throws {
    let bench = try ServiceBench()
    let record = try run(bench, "trap '' TERM; echo ready; while :; do sleep 1; done")
    _ = await bench.sink.next(on: .log)
    let ended = try await bench.service.processes.stop(record.id, signal: SIGTERM, grace: .milliseconds(50))
    #expect(ended.ending == .signalled(SIGKILL) && !ended.isRunning)
    #expect(try await bench.service.processes.stop(record.id, signal: SIGTERM, grace: .milliseconds(50)).ending == .signalled(SIGKILL))
    bench.stop()
  }

  @Test func hostThatStopsLeavesTheTrainingAndItsOutput() async throws {
    let first = try ServiceBench()
    let gates = ["/gate-1", "/gate-2"].map { first.directory + $0 }
    for gate in gates { #expect(mkfifo(gate, 0o600) == 0) }
    let record = try run(first, "echo one; read line < gate-1; echo two; read line < gate-2")
    #expect(await first.sink.next(on: .log)?.contains(#""text":"one""#) == true)
    first.stop()
    #expect(kill(record.pid, 0) == 0)
    try "go\n".write(toFile: gates[0], atomically: false, encoding: .utf8)

    let second = try ServiceBench(directory: first.directory)
    let log = try JSONValue(parsing: try #require(await second.sink.next(on: .log)))
    #expect(log["text"] == "two" && log["session_id"] == .string(record.id) && log["event_seq"] == 3)
    #expect(second.service.processes[record.id]?.isRunning == true)
    // This very process began it, so its end can be collected here; a host that was restarted is told nothing.
    try "go\n".write(toFile: gates[1], atomically: false, encoding: .utf8)
    let ended = try await second.sink.told(on: .process) { $0["type"] == "process_ended" }
    #expect(ended["session_id"] == .string(record.id) && ended["event_seq"] == 4)
    second.stop()
  }

  @Test func endWhileNoHostRanIsToldAsUnknown() async throws {
    let first = try ServiceBench()
    let record = try run(first, "exit 0")
    try await first.sink.told(on: .process) { $0["type"] == "process_ended" }
    first.stop()
    // As it was written down before the end, with a number that is nobody's.
    let path = first.directory + "/trainings/" + record.id + "/process.json"
    var file = try JSONValue(parsing: String(contentsOfFile: path, encoding: .utf8))
    for member in ["ended", "exitStatus"] { file[member] = nil }
    file["pid"] = 0x3FFF_FFFF
    try file.serialized().write(toFile: path, atomically: false, encoding: .utf8)

    let second = try ServiceBench(directory: first.directory)
    let ended = try await second.sink.told(on: .process) { $0["type"] == "process_ended" }
    #expect(ended["exit_status"] == nil && ended["exit_signal"] == nil)
    #expect(
      second.service.processes[record.id]?.description["note"] == "how it ended is not known: the host was restarted since it began")
    second.stop()
  }

  @Test func damagedFilesOfAnEarlierLifeAreNoMoreThanUnknown() throws {
    let bench = try ServiceBench()
    bench.stop()
    for (id, text) in [("proc-1", "{"), ("proc-2", "[]"), ("proc-3", #"{"id":"proc-3","pid":0,"command":[],"cwd":"/"}"#), ("proc-4", "")] {
      let place = bench.directory + "/trainings/" + id
      try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
      try text.write(toFile: place + "/process.json", atomically: false, encoding: .utf8)
    }
    let second = try ServiceBench(directory: bench.directory)
    #expect(second.service.processes.list.isEmpty)
    second.stop()
  }

  @Test func trainerInTheProcessJoinsIt() async throws {
    let bench = try ServiceBench()
    let port = bench.service.address.port
    #expect(mkfifo(bench.directory + "/gate", 0o600) == 0)
    try (step(1, seq: 1) + "\n").write(toFile: bench.directory + "/line", atomically: false, encoding: .utf8)
    // A grandchild, as under a launcher.
    let record = try run(
      bench,
      "python3 -c \"import socket; s = socket.create_connection(('127.0.0.1', \(port))); s.sendall(open('line','rb').read()); input()\" < gate; true"
    )
    let hold = Task.detached { open(bench.directory + "/gate", O_WRONLY) }
    let joined = try await bench.sink.told(on: .process) { $0["type"] == "process_joined" }
    #expect(joined["session_id"] == .string(record.id) && joined["trainer_session"] == "sess-a" && joined["run_id"] == "baseline")
    _ = close(await hold.value)
    try await bench.sink.told(on: .process) { $0["type"] == "process_ended" }
    #expect(bench.service.processes[record.id]?.run == "baseline")
    try await bench.sink.told(on: .status) { $0["session_id"] == "sess-a" && $0["state"] == "ended" }
    bench.stop()
  }

  // MARK: - Orders

  @Test(
    arguments: [
      ([:], "cannot do 'train.start': give a 'script', or a whole 'command'"),
      (
        ["script": "x.py"],
        "cannot do 'train.start': give the directory to run in as 'cwd': checkpoints and other relative paths begin there"
      ),
      (["command": []], "cannot do 'train.start': 'command' must be an array of texts: the program, then its arguments"),
      (["command": ["x"], "script": "y"], "cannot do 'train.start': give 'command' or 'script', not both"),
      (
        ["command": ["x"], "cwd": "/nowhere"],
        "cannot do 'train.start': 'cwd' must be an existing directory, given from the root on; '/nowhere' is none"
      ),
      (
        ["command": ["x"], "cwd": "tmp"],
        "cannot do 'train.start': 'cwd' must be an existing directory, given from the root on; 'tmp' is none"
      ),
      (["command": ["x\u{0}"], "cwd": "/"], "cannot do 'train.start': a word of the command or the environment holds the character NUL"),
      (
        ["command": ["x"], "cwd": "/", "env": ["A=B": "c"]],
        "cannot do 'train.start': 'env.A=B' must be a text, or null to take the variable away"
      ),
      (
        ["command": ["/no/such/program"], "cwd": "/"],
        "cannot start '/no/such/program' in '/': No such file or directory; correct the command, or give 'python' from the root on"
      ),
    ] as [(JSONValue, String)])
  func orderThatCannotBeCarriedOutIsExplained(input: JSONValue, message: String) async throws {
    let bench = try await PluginBench()
    #expect(try await bench.refusal("train.start", input)?.message == message)
    #expect(try await bench.ask("train.list") == ["processes": []])
    await bench.host.close()
  }

  @Test func commandsStartListAndStop() async throws {
    let bench = try await PluginBench()
    let directory = FileManager.default.temporaryDirectory.appending(path: "train-\(UUID().uuidString)").path()
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: directory) }
    try "echo $1; exec sleep 100".write(toFile: directory + "/x.sh", atomically: false, encoding: .utf8)
    let started = try await bench.ask(
      "train.start", ["script": .string(directory + "/x.sh"), "python": "/bin/sh", "args": ["hello"], "name": "demo"])
    #expect(started["state"] == "running" && started["cwd"] == .string(directory) && started["name"] == "demo")
    #expect(try await bench.event("trainer.log") { $0["session_id"] == started["id"] }["text"] == "hello")
    let stopped = try await bench.ask("train.stop", ["id": started["id"] ?? .null, "signal": "INT"])
    #expect(stopped["exitSignal"] == 2 && stopped["state"] == "ended")
    #expect(try await bench.ask("train.list")["processes"]?.arrayValue?.map { $0["id"] } == [started["id"]])
    #expect(
      try await bench.refusal("train.stop", ["id": "proc-x"])?.message
        == "there is no process 'proc-x'; 'train.list' shows all that are known")
    await bench.host.close()
  }
}
