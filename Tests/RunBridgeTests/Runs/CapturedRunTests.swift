// SPDX-License-Identifier: Apache-2.0
// With real processes.

import Glibc
import JSON
import PluginSDK
import Processes
import Testing

@testable import RunBridge

@Suite(.timeLimit(.minutes(5))) struct CapturedRunTests {
  private func texts(_ events: [RecordedOutput.Event]) -> [String] { events.compactMap { $0.value["text"]?.stringValue } }

  @Test func outputAndEndBecomeEvents() async throws {
    let bench = try await RunsBench(trainerPort: 5)
    let run = try await bench.begin(
      #"echo "$ONTHEFLY_DASHBOARD_PORT $PYTHONUNBUFFERED $EXTRA $JACKFIELD_RUN"; printf 'bar 1\rbar 2\r\n\377\n'; printf end; exit 3"#,
      env: ["EXTRA": "é"])
    let events = try await bench.sink.events(run.id)
    #expect(events.map { $0.value["type"] } == ["process_started", "log", "log", "log", "log", "log", "process_ended"])
    #expect(events.map(\.topic) == [.process, .log, .log, .log, .log, .log, .process])
    #expect(texts(events) == ["5 1 é \(run.id)", "bar 1", "bar 2", "\u{FFFD}", "end"])
    #expect(events.map { $0.value["event_seq"]?.intValue } == Array(1...7))
    #expect(events.allSatisfy { $0.value["session_id"] == .string(run.id) })
    #expect(events[1].value["level"] == "info" && events[1].value["phase"] == "stdout")
    #expect(events[0].value["name"] == "demo" && events[0].value["cwd"] == .string(bench.directory))
    #expect(events[0].value["pid"] == .integer(Int64(run.process?.pid ?? 0)) && events[6].value["exit_status"] == 3)
    #expect(await bench.runs.hasEnded(run.id, within: .seconds(60)))
    let ended = try bench.runs.find(run.id).run
    #expect(ended.ending == .exited(3) && ended.reason == "its process exited with status 3" && ended.kind == .captured)
    #expect(await bench.nextEvent()?["state"] == "started")
    #expect(await bench.nextEvent()?["status"] == 3)
    bench.remove()
  }

  @Test func errorsAreToldApart() async throws {
    let bench = try await RunsBench()
    let run = try await bench.begin("echo oh >&2")
    let events = try await bench.sink.events(run.id)
    #expect(events[1].value["text"] == "oh" && events[1].value["level"] == "error" && events[1].value["phase"] == "stderr")
    bench.remove()
  }

  @Test func floodIsPublishedWholeAndLongLinesAreCut() async throws {
    let bench = try await RunsBench()
    let run = try await bench.begin("seq 1 20000; head -c 200000 /dev/zero | tr '\\0' x")
    let texts = texts(try await bench.sink.events(run.id))
    #expect(Array(texts.prefix(20_000)) == (1...20_000).map(String.init))
    #expect(texts.dropFirst(20_000).map(\.utf8.count) == [65_536, 65_536, 65_536, 3_392])
    bench.remove()
  }

  /// Nobody waits for a subscriber that is full: the run ends, its output is read, and published when there is room.
  @Test func fullSubscriberHoldsNothingUp() async throws {
    let bench = try await RunsBench()
    bench.sink.setRoom(2)
    let run = try await bench.begin("seq 1 5; exit 7")
    try await bench.sink.isFull()
    #expect(await bench.runs.hasEnded(run.id, within: .seconds(60)))
    #expect(try bench.runs.find(run.id).run.ending == .exited(7))
    bench.sink.setRoom(nil)
    #expect(texts(try await bench.sink.events(run.id)) == ["1", "2", "3", "4", "5"])
    bench.remove()
  }

  @Test func processHasASessionOfItsOwnAndItsEnvironment() async throws {
    let bench = try await RunsBench()
    let run = try await bench.begin("env; cat /proc/self/stat | cut -d' ' -f5,6; echo $$", env: ["HOME": nil])
    let texts = texts(try await bench.sink.events(run.id))
    #expect(texts.contains("RUN_BRIDGE_ADDR=ws://127.0.0.1:4711/") && texts.contains("EVOLVE_RUN_BRIDGE_SESSION=\(run.session)"))
    #expect(!texts.contains { $0.hasPrefix("HOME=") })
    let token = try #require(texts.first { $0.hasPrefix("JACKFIELD_BRIDGE_TOKEN=") }).dropFirst(23)
    #expect(token.count == 64)
    let pid = run.process?.pid ?? 0
    #expect(texts.suffix(2) == ["\(pid) \(pid)", "\(pid)"])
    bench.remove()
  }

  // MARK: - Ends

  @Test func killedProcessEndsTheRun() async throws {
    let bench = try await RunsBench()
    let run = try await bench.begin("echo ready; sleep 1000")
    _ = try await bench.sink.events(run.id) { $0["text"] == "ready" }
    let caller = try #require(bench.runs.caller(run: run.id, connection: 1))
    bench.runs.connected(caller)
    run.process?.signalGroup(SIGKILL)
    #expect(await bench.nextOver() == RunsBench.Over(run: run.id, reason: "its process was ended by signal 9"))
    #expect(bench.runs.caller(run: run.id, connection: 2) == nil)
    #expect(try await bench.sink.events(run.id).last?.value["exit_signal"] == 9)
    #expect(try bench.runs.find(run.id).connections == 0)
    bench.remove()
  }

  @Test func stopAsksFirst() async throws {
    let bench = try await RunsBench()
    let run = try await bench.begin("trap 'echo bye; exit 4' TERM; echo ready; while :; do sleep 0.05; done")
    _ = try await bench.sink.events(run.id) { $0["text"] == "ready" }
    let stopped = try await bench.runs.stop(run.id, signal: SIGTERM, grace: .seconds(60))
    #expect(stopped.ending == .exited(4))
    #expect(texts(try await bench.sink.events(run.id)).contains("bye"))
    // Again: nothing to do.
    #expect(try await bench.runs.stop(run.id, signal: SIGTERM, grace: .zero).ending == .exited(4))
    bench.remove()
  }

  /// Whoever does not heed it is killed, with all that came of it, also what left its session.
  @Test func stopEndsAllInTheEnd() async throws {
    let bench = try await RunsBench()
    let run = try await bench.begin(
      "trap '' TERM; setsid sh -c 'trap \"\" TERM; echo $$; while :; do sleep 1000; done' & echo ready; while :; do sleep 1000; done")
    let events = try await bench.sink.events(run.id) { $0["text"]?.stringValue.map { Int($0) != nil } == true }
    let pid = try #require(texts(events).compactMap { Int32($0) }.first)
    let child = try #require(ProcessIdentity(pid))
    _ = try await bench.sink.events(run.id) { $0["text"] == "ready" }
    let stopped = try await bench.runs.stop(run.id, signal: SIGTERM, grace: .milliseconds(50))
    #expect(stopped.ending == .signalled(SIGKILL))
    let watcher = try ProcessWatcher()
    _ = try await withCheckedThrowingContinuation { (waiter: CheckedContinuation<ProcessEnding, any Error>) in
      do { try watcher.watch(child) { waiter.resume(returning: $0) } } catch { waiter.resume(throwing: error) }
    }
    watcher.stop()
    #expect(!child.isAlive)
    bench.remove()
  }

  @Test func stopOfARunWithoutAProcessRevokesIt() async throws {
    let bench = try await RunsBench()
    let opened = try await bench.runs.open(RunsBench.order("x"))
    #expect(try await bench.runs.stop(opened.run.id, signal: SIGTERM, grace: .zero).reason == "it was stopped")
    #expect(bench.runs.isIdle)
    bench.remove()
  }

  // MARK: - Refusals

  @Test(arguments: [
    (["/nowhere/x"], "command_not_found", "cannot run '/nowhere/x': there is no such file; correct the path"),
    (
      ["no-such-command-at-all"], "command_not_found",
      "cannot run 'no-such-command-at-all': there is no such command in PATH; correct it, or give its whole path"
    ),
    (
      ["/etc/passwd"], "not_executable",
      "cannot run '/etc/passwd': '/etc/passwd' is no program that may be executed; name its interpreter, or make it executable"
    ),
    (
      ["/tmp"], "not_executable",
      "cannot run '/tmp': '/tmp' is no program that may be executed; name its interpreter, or make it executable"
    ),
  ])
  func whatCannotBeBegunIsToldApart(command: [String], code: String, message: String) async throws {
    let bench = try await RunsBench()
    var order = RunOrder(command: command)
    order.cwd = bench.directory
    do {
      _ = try await bench.runs.begin(order)
      Issue.record("begun")
    } catch let failure as PluginFailure {
      #expect(failure.message == message && failure.code == code)
    }
    #expect(bench.runs.list(all: true).isEmpty)
    bench.remove()
  }

  @Test func scriptWithoutAnInterpreterIsNoProgram() async throws {
    let bench = try await RunsBench()
    // Written by another process: one that this one begins meanwhile would hold it open for writing, and it could not be executed.
    let writer = try Spawn.begin(
      SpawnOrder(
        ["/bin/sh", "-c", "echo echo > x && chmod 755 x"], in: bench.directory, environment: Spawn.environment, output: .nowhere,
        errors: .nowhere))
    #expect(try await blocking { Spawn.reap(writer, within: .seconds(60)) } == .exited(0))
    var order = RunOrder(command: ["./x"])
    order.cwd = bench.directory
    do {
      _ = try await bench.runs.begin(order)
      Issue.record("begun")
    } catch let failure as PluginFailure {
      #expect(failure.message == "cannot start './x' in '\(bench.directory)': Exec format error; correct the command")
    }
    #expect(bench.runs.list(all: true).map(\.run.reason) == ["its process could not be begun"])
    bench.remove()
  }

  @Test func directoryMustBeThere() async throws {
    let bench = try await RunsBench()
    for (cwd, message) in [
      (nil, "cannot do 'run.start': give the directory to run in as 'cwd'"),
      ("/nowhere", "cannot do 'run.start': the directory '/nowhere' to run in does not exist"),
    ] as [(String?, String)] {
      var order = RunOrder(command: ["true"])
      order.cwd = cwd
      do {
        _ = try await bench.runs.begin(order)
        Issue.record("begun")
      } catch {
        #expect("\(error)" == message)
      }
    }
    bench.remove()
  }

  // MARK: - Restart

  @Test func hostThatStopsLeavesTheRunAndItsOutput() async throws {
    let first = try await RunsBench()
    for gate in ["one", "two"] { try first.gate(gate) }
    let run = try await first.begin("echo a; read line < one; echo b; read line < two; echo c")
    _ = try await first.sink.events(run.id) { $0["text"] == "a" }
    first.stop()
    #expect(run.process?.isAlive == true)
    // Said while nobody listens.
    try await first.open("one")

    let second = try await RunsBench(directory: first.directory)
    let again = try await second.sink.events(run.id) { $0["text"] == "b" }
    #expect(again.map { $0.value["text"] } == ["b"] && again[0].value["event_seq"] == 3)
    #expect(try second.runs.find(run.id).run.state == .running)
    try await second.open("two")
    let events = try await second.sink.events(run.id)
    #expect(texts(events) == ["b", "c"] && events.last?.value["event_seq"] == 5)
    second.stop()

    // Nothing is told twice.
    let third = try await RunsBench(directory: first.directory)
    let other = try await third.begin("echo x")
    _ = try await third.sink.events(other.id)
    #expect(third.sink.soFar(run.id).isEmpty)
    #expect(try third.runs.find(run.id).run.state == .ended)
    third.remove()
  }

  @Test func endWhileNoHostRanIsToldAsUnknown() async throws {
    let first = try await RunsBench()
    try first.gate("one")
    let run = try await first.begin("echo a; read line < one; echo b")
    _ = try await first.sink.events(run.id) { $0["text"] == "a" }
    first.stop()
    try await first.open("one")
    let process = try #require(run.process)
    let watcher = try ProcessWatcher()
    // Reaped by somebody else, as after a restart of the host.
    _ = try await withCheckedThrowingContinuation { (waiter: CheckedContinuation<ProcessEnding, any Error>) in
      do { try watcher.watch(process) { waiter.resume(returning: $0) } } catch { waiter.resume(throwing: error) }
    }
    watcher.stop()
    let second = try await RunsBench(directory: first.directory)
    let events = try await second.sink.events(run.id)
    #expect(texts(events) == ["b"] && events.last?.value["exit_status"] == nil && events.last?.value["exit_signal"] == nil)
    #expect(await second.runs.hasEnded(run.id, within: .seconds(60)))
    let ended = try second.runs.find(run.id).run
    #expect(ended.ending == .unknown && ended.reason == "its process has ended")
    second.remove()
  }

  @Test func forgottenRunsLeaveNoFiles() async throws {
    let bench = try await RunsBench({ $0.remembered = 1 })
    let run = try await bench.begin("echo a")
    _ = try await bench.sink.events(run.id)
    // Once its output is published the next end of a run takes it away.
    let next = try await bench.begin("echo b")
    _ = try await bench.sink.events(next.id)
    #expect(await bench.runs.hasEnded(next.id, within: .seconds(60)))
    let last = try await bench.runs.open(RunsBench.order("x"))
    _ = try bench.runs.close(last.run.id, .exited(0))
    #expect(bench.runs.list(all: true).allSatisfy { $0.run.id != run.id })
    #expect(!SmallFile.exists(try #require(run.output)))
    bench.remove()
  }
}
