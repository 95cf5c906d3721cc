// SPDX-License-Identifier: Apache-2.0

import Glibc
import JSON
import PluginSDK
import Processes
import Synchronization
import Testing

@testable import RunBridge

@Suite(.timeLimit(.minutes(2))) struct RunRegistryTests {
  /// A process of this test that sleeps, and is reaped by whoever waits for it.
  private func sleeper() throws -> ProcessIdentity {
    let pid = try Spawn.begin(
      SpawnOrder(["/bin/sleep", "1000"], in: "/", environment: Spawn.environment, output: .nowhere, errors: .nowhere))
    return try #require(ProcessIdentity(pid))
  }

  private func token(_ opened: RunRegistry.Opened) -> String { opened.environment["RUN_BRIDGE_TOKEN"] ?? "" }

  // MARK: - Tokens

  @Test func tokenAndSessionAreTheRunsOwn() async throws {
    let bench = try await RunsBench()
    let one = try await bench.runs.open(RunsBench.order("python3", "a/train.py"))
    let other = try await bench.runs.open(RunsBench.order("./tool", name: "mine"))
    let caller = try #require(bench.runs.caller(token: token(one), session: one.run.session, connection: 7))
    #expect(caller.run == one.run.id && caller.name == "train.py" && caller.connection == 7 && caller.scopes == .ordinary)
    #expect(bench.runs.caller(token: token(other), session: other.run.session, connection: nil)?.name == "mine")
    #expect(token(one).utf8.count == 64 && token(one) != token(other) && one.run.session.utf8.count == 32)
    // Wrong, another run's, none, almost.
    #expect(bench.runs.caller(token: token(one), session: other.run.session, connection: 1) == nil)
    #expect(bench.runs.caller(token: token(other), session: one.run.session, connection: 1) == nil)
    #expect(bench.runs.caller(token: "", session: one.run.session, connection: 1) == nil)
    #expect(bench.runs.caller(token: String(token(one).dropLast()), session: one.run.session, connection: 1) == nil)
    #expect(bench.runs.caller(token: token(one).uppercased(), session: one.run.session, connection: 1) == nil)
    #expect(bench.runs.caller(token: token(one), session: "", connection: 1) == nil)
    #expect(bench.runs.caller(token: token(one), session: nil, connection: 1)?.run == one.run.id)
    #expect(bench.runs.caller(run: one.run.id, connection: 9)?.connection == 9)
    #expect(bench.runs.caller(run: "run-0", connection: 9) == nil)
    bench.remove()
  }

  @Test func tokenIsKeptNowhere() async throws {
    let bench = try await RunsBench()
    let opened = try await bench.runs.open(RunsBench.order("x"))
    let rows = try await bench.rows()
    #expect(rows.map(\.run) == [opened.run])
    #expect(rows[0].digest == (try RunToken.digest(token(opened))))
    let shown = try bench.runs.find(opened.run.id).run.description(connections: 0).serialized()
    #expect(!shown.contains(token(opened)))
    let event = await bench.nextEvent()
    #expect(event == ["run": .string(opened.run.id), "name": "x", "kind": "terminal", "state": "started"])
    bench.stop()
    let secret = token(opened)
    for file in ["bridge.sqlite", "bridge.sqlite-wal"] {
      let bytes = try? await blocking { try Array(FileBytes.read(bench.directory + "/" + file)) }
      #expect(bytes.map { String(decoding: $0, as: UTF8.self).contains(secret) } != true)
    }
    bench.remove()
  }

  @Test func tokenIsRevokedWithTheRun() async throws {
    let bench = try await RunsBench()
    let opened = try await bench.runs.open(RunsBench.order("x"))
    let closed = try bench.runs.close(opened.run.id, .exited(3))
    #expect(closed.state == .ended && closed.ending == .exited(3))
    #expect(bench.runs.caller(token: token(opened), session: opened.run.session, connection: 1) == nil)
    #expect(bench.runs.caller(run: opened.run.id, connection: 1) == nil)
    #expect(await bench.nextOver() == RunsBench.Over(run: opened.run.id, reason: "its process exited with status 3"))
    let row = try #require(try await bench.rows().first)
    #expect(row.digest == nil && row.run.ending == .exited(3) && row.run.ended != nil)
    #expect(bench.idle.withLock { $0 } == 1 && bench.runs.isIdle)
    // Once only.
    _ = try bench.runs.close(opened.run.id, .exited(4))
    #expect(try bench.runs.find(opened.run.id).run.ending == .exited(3) && bench.idle.withLock { $0 } == 1)
    bench.remove()
  }

  @Test func manyWhoEndItEndItOnce() async throws {
    let bench = try await RunsBench()
    let opened = try await bench.runs.open(RunsBench.order("x"))
    let last = try await bench.runs.open(RunsBench.order("last"))
    await withTaskGroup { group in
      for status in 0..<32 { group.addTask { _ = try? bench.runs.close(opened.run.id, .exited(Int32(status))) } }
    }
    _ = try bench.runs.close(last.run.id, .exited(0))
    #expect(await bench.nextOver()?.run == opened.run.id)
    #expect(await bench.nextOver()?.run == last.run.id)
    var events: [JSONValue] = []
    for _ in 0..<4 { if let event = await bench.nextEvent() { events.append(event) } }
    #expect(events.map { $0["state"] } == ["started", "started", "ended", "ended"])
    #expect(events.map { $0["name"] } == ["x", "last", "x", "last"])
    bench.remove()
  }

  // MARK: - Environment

  @Test func environmentHasAllNames() async throws {
    let bench = try await RunsBench(trainerPort: 47_621)
    let opened = try await bench.runs.open(RunsBench.order("x"))
    let environment = opened.environment
    for beginning in ["EVOLVE_RUN_BRIDGE_", "RUN_BRIDGE_", "JACKFIELD_BRIDGE_"] {
      #expect(environment[beginning + "ADDR"] == "ws://127.0.0.1:4711/")
      #expect(environment[beginning + "TOKEN"] == token(opened))
      #expect(environment[beginning + "SESSION"] == opened.run.session)
    }
    #expect(environment["ONTHEFLY_DASHBOARD_PORT"] == "47621" && environment["JACKFIELD_RUN"] == opened.run.id && environment.count == 11)
    bench.remove()
  }

  @Test func trainersPortMayBeSetOrAbsent() async throws {
    let set = try await RunsBench({ $0.trainerPort = 5 }, trainerPort: 6)
    #expect(try await set.runs.open(RunsBench.order("x")).environment["ONTHEFLY_DASHBOARD_PORT"] == "5")
    set.remove()
    let none = try await RunsBench()
    #expect(try await none.runs.open(RunsBench.order("x")).environment["ONTHEFLY_DASHBOARD_PORT"] == nil)
    none.remove()
  }

  // MARK: - Processes

  @Test func adoptedProcessEndsTheRun() async throws {
    let bench = try await RunsBench({ $0.endingSeconds = 0.01 })
    let opened = try await bench.runs.open(RunsBench.order("sleep"))
    let process = try sleeper()
    let adopted = try bench.runs.adopt(opened.run.id, pid: process.pid)
    #expect(adopted.process == process && adopted.state == .running)
    #expect(try bench.runs.adopt(opened.run.id, pid: process.pid).process == process)
    let caller = try #require(bench.runs.caller(token: token(opened), session: opened.run.session, connection: 1))
    // Its last connection closes and it lives: threads and children may open another.
    bench.runs.connected(caller)
    #expect(try bench.runs.find(opened.run.id).connections == 1)
    bench.runs.disconnected(caller)
    #expect(bench.runs.caller(token: token(opened), session: opened.run.session, connection: 2) != nil)
    process.signal(SIGKILL)
    #expect(await bench.nextOver() == RunsBench.Over(run: opened.run.id, reason: "its process was ended by signal 9"))
    #expect(bench.runs.caller(token: token(opened), session: opened.run.session, connection: 3) == nil)
    #expect(await bench.runs.hasEnded(opened.run.id, within: .seconds(60)))
    bench.remove()
  }

  /// Whoever begun it tells how it ended, a moment after the host has seen that it ended.
  @Test func endIsToldByWhoBegunIt() async throws {
    let bench = try await RunsBench({ $0.endingSeconds = 1_000 })
    let opened = try await bench.runs.open(RunsBench.order("sleep"))
    // Somebody else's child.
    let pipe = try ProcessPipe()
    let shell = try Spawn.begin(
      SpawnOrder(
        ["/bin/sh", "-c", "sleep 1000 > /dev/null & echo $!; wait"], in: "/", environment: Spawn.environment,
        output: .descriptor(pipe.writing), errors: .nowhere))
    pipe.closeWriting()
    let pid = try await blocking { Int32(String(decoding: pipe.read() ?? [], as: UTF8.self).dropLast()) }
    let number = try #require(pid)
    let process = try #require(ProcessIdentity(number))
    _ = try bench.runs.adopt(opened.run.id, pid: process.pid)
    process.signal(SIGTERM)
    #expect(await bench.nextOver()?.reason == "its process has ended")
    #expect(try bench.runs.find(opened.run.id).run.state == .ending)
    _ = try bench.runs.close(opened.run.id, .signalled(SIGTERM))
    _ = await bench.nextEvent()
    let event = try #require(await bench.nextEvent())
    #expect(event["state"] == "ended" && event["signal"] == 15 && event["reason"] == "its process was ended by signal 15")
    #expect(try bench.runs.find(opened.run.id).run.ending == .signalled(SIGTERM))
    let watcher = try ProcessWatcher()
    let ending = await withCheckedContinuation { waiter in
      try? watcher.watch(ProcessIdentity(pid: shell, began: ProcessStat(shell)?.began ?? 0)) { waiter.resume(returning: $0) }
    }
    #expect(ending == .exited(0))
    watcher.stop()
    bench.remove()
  }

  @Test func runWithoutAProcessEndsWithItsLastConnection() async throws {
    let bench = try await RunsBench()
    let opened = try await bench.runs.open(RunsBench.order("x"))
    let callers = [1, 2].compactMap { bench.runs.caller(token: token(opened), session: opened.run.session, connection: $0) }
    for caller in callers { bench.runs.connected(caller) }
    bench.runs.disconnected(callers[0])
    #expect(bench.runs.caller(run: opened.run.id, connection: 1) != nil)
    bench.runs.disconnected(callers[0])
    #expect(bench.runs.caller(run: opened.run.id, connection: 1) != nil)
    bench.runs.disconnected(callers[1])
    #expect(await bench.nextOver() == RunsBench.Over(run: opened.run.id, reason: "its last connection closed"))
    bench.remove()
  }

  @Test func runThatNobodyUsesEnds() async throws {
    let bench = try await RunsBench({ $0.unadoptedSeconds = 0.05 })
    let opened = try await bench.runs.open(RunsBench.order("x"))
    #expect(
      await bench.nextOver()
        == RunsBench.Over(run: opened.run.id, reason: "no process of it is known, and nothing connected within 0.05 s"))
    #expect(try bench.runs.find(opened.run.id).run.state == .ended)
    #expect(throws: PluginFailure.self) { try bench.runs.adopt(opened.run.id, pid: getpid()) }
    bench.remove()
  }

  // MARK: - Refusals

  @Test func refusalsSayWhy() async throws {
    let bench = try await RunsBench({ $0.runs = 1 })
    let opened = try await bench.runs.open(RunsBench.order("x"))
    let process = try sleeper()
    _ = try bench.runs.adopt(opened.run.id, pid: process.pid)
    func message(_ body: () async throws -> Void) async -> String {
      do {
        try await body()
        return "nothing"
      } catch {
        return "\(error)"
      }
    }
    #expect(await message { _ = try bench.runs.find("nobody") } == "there is no run 'nobody'; run.list shows them")
    #expect(
      await message { _ = try bench.runs.adopt(opened.run.id, pid: 1) }
        == "cannot give the run '\(opened.run.id)' the process 1: it has the process \(process.pid)")
    #expect(
      await message { _ = try bench.runs.adopt(opened.run.id, pid: 0x3FFF_FFFF) }
        == "cannot give the run '\(opened.run.id)' the process 1073741823: there is none of that number, or it has ended")
    #expect(
      await message { _ = try await bench.runs.open(RunsBench.order("y")) }
        == "cannot begin another run: 1 go on, and the setting 'runs' allows no more; end some, see run.list")
    #expect(
      await message { _ = try await bench.runs.open(RunOrder(command: [])) } == "cannot do 'run.open': 'command' needs at least the program"
    )
    #expect(
      await message { _ = try await bench.runs.open(RunOrder(command: ["a\u{0}"])) }
        == "cannot do 'run.open': a word of the command, a path or a variable holds the character NUL")
    #expect(
      await message { _ = try await bench.runs.open(RunOrder(command: ["a"], workspace: "here")) }
        == "cannot do 'run.open': 'workspace' must be a directory given from the root on, not 'here'")
    #expect(
      await message { _ = try await bench.runs.open(RunOrder(command: ["a"], scopes: RunOrder.Scopes(commands: [""]))) }
        == "cannot do 'run.open': 'scopes' takes at most 200 patterns, none of them empty")
    process.signal(SIGKILL)
    _ = await bench.nextOver()
    bench.remove()
  }

  @Test func nameOfSeveralIsNoName() async throws {
    let bench = try await RunsBench()
    for _ in 0..<2 { _ = try await bench.runs.open(RunsBench.order("twin")) }
    do {
      _ = try bench.runs.find("twin")
      Issue.record("found one")
    } catch {
      #expect("\(error)" == "2 runs are called 'twin': give the id; run.list shows them")
    }
    bench.remove()
  }

  // MARK: - Restart

  @Test func runsAreFoundAgain() async throws {
    let first = try await RunsBench()
    let (live, dead, unused, over) = (
      try await first.runs.open(RunOrder(name: "live", command: ["x", "y"], workspace: "/w", scopes: RunOrder.Scopes(commands: ["a.*"]))),
      try await first.runs.open(RunsBench.order("dead")), try await first.runs.open(RunsBench.order("unused")),
      try await first.runs.open(RunsBench.order("over"))
    )
    let (one, other) = (try sleeper(), try sleeper())
    _ = try first.runs.adopt(live.run.id, pid: one.pid)
    _ = try first.runs.adopt(dead.run.id, pid: other.pid)
    _ = try first.runs.close(over.run.id, .exited(0))
    let caller = try #require(first.runs.caller(token: token(live), session: live.run.session, connection: 1))
    first.runs.connected(caller)
    let unusedCaller = try #require(first.runs.caller(token: token(unused), session: unused.run.session, connection: 2))
    first.runs.connected(unusedCaller)
    // The door closes or hands over all of them: no run is over because of that.
    first.runs.beginStop()
    first.runs.disconnected(caller)
    first.runs.disconnected(unusedCaller)
    first.stop()
    other.signal(SIGKILL)

    let second = try await RunsBench(directory: first.directory, { $0.endingSeconds = 0.01 })
    let again = try #require(second.runs.caller(token: token(live), session: live.run.session, connection: 3))
    #expect(again.run == live.run.id && again.name == "live" && again.workspace == "/w" && again.scopes.commands == ["a.*"])
    #expect(second.runs.caller(run: live.run.id, connection: 4) != nil)
    #expect(try second.runs.find(live.run.id).run.process == one)
    #expect(second.runs.caller(token: token(over), session: over.run.session, connection: 3) == nil)
    #expect(second.runs.caller(token: token(unused), session: unused.run.session, connection: 3) != nil)
    #expect(second.runs.knownAddress == "ws://127.0.0.1:4711/")
    #expect(await second.nextOver()?.run == dead.run.id)
    #expect(second.runs.list(all: true).map(\.run.name) == ["over", "unused", "dead", "live"])
    one.signal(SIGKILL)
    #expect(await second.nextOver()?.run == live.run.id)
    #expect(await second.runs.hasEnded(live.run.id, within: .seconds(60)))
    second.remove()
  }

  /// The number belongs to somebody else by now.
  @Test func numberOfAnotherProcessIsNotTheRuns() async throws {
    let first = try await RunsBench()
    let opened = try await first.runs.open(RunsBench.order("x"))
    let process = try sleeper()
    _ = try first.runs.assign(ProcessIdentity(pid: process.pid, began: process.began - 1), to: opened.run.id)
    first.stop()
    let second = try await RunsBench(directory: first.directory, { $0.endingSeconds = 0.01 })
    #expect(await second.nextOver()?.run == opened.run.id)
    #expect(process.isAlive)
    #expect(try await second.runs.stop(opened.run.id, signal: SIGKILL, grace: .zero).state == .ended)
    #expect(process.isAlive)
    process.signal(SIGKILL)
    _ = await withCheckedContinuation { waiter in
      let watcher = second.runs.watcher
      try? watcher.watch(process) { waiter.resume(returning: $0) }
    }
    second.remove()
  }

  @Test func onlyTheLastAreRemembered() async throws {
    let bench = try await RunsBench({ $0.remembered = 2 })
    for number in 0..<4 {
      let opened = try await bench.runs.open(RunsBench.order("r\(number)"))
      _ = try bench.runs.close(opened.run.id, .exited(0))
    }
    #expect(bench.runs.list(all: true).map(\.run.name) == ["r3", "r2"] && bench.runs.list(all: false).isEmpty)
    #expect(try await bench.rows().map(\.run.name) == ["r2", "r3"])
    bench.remove()
  }
}
