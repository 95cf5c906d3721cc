// SPDX-License-Identifier: Apache-2.0

import Glibc
import Testing

@testable import Processes

@Suite struct SpawnTests {
  @Test func errorsSayWhatWasTried() throws {
    let order = SpawnOrder(["/nowhere/program"], in: "/tmp", environment: [:], output: .nowhere, errors: .nowhere)
    let error = #expect(throws: ProcessesError.self) { try Spawn.begin(order) }
    #expect(error?.message == "cannot start '/nowhere/program' in '/tmp': No such file or directory")
    #expect(error?.code == ENOENT && error?.operation == "posix_spawn" && error?.input == "/nowhere/program")
  }

  @Test func hasASessionVariablesAndDirectoryOfItsOwn() async throws {
    let place = Place()
    let watcher = try ProcessWatcher()
    defer { watcher.stop() }
    let (pid, heard) = try place.beginAndHear("echo $SPAWN_TEST $(pwd)", ["SPAWN_TEST": "a b"])
    #expect(heard == "a b \(place.path)\n")
    _ = try await watcher.ended(ProcessIdentity(pid: pid, began: ProcessStat(pid)?.began ?? 0))
    let sleeper = try place.begin("sleep 1000")
    let stat = try #require(ProcessStat(sleeper))
    #expect(stat.session == sleeper && stat.group == sleeper && stat.parent == getpid())
    Spawn.signal(sleeper, SIGKILL)
    _ = try await watcher.ended(ProcessIdentity(pid: sleeper, began: stat.began))
  }

  @Test func tailBeginsWithAWholeCharacter() async throws {
    let place = Place()
    let watcher = try ProcessWatcher()
    defer { watcher.stop() }
    let pid = try place.begin("printf 'ab\\303\\244\\303\\266' >&2")
    _ = try await watcher.ended(ProcessIdentity(pid: pid, began: ProcessStat(pid)?.began ?? 0))
    #expect(OutputTail.text(of: place.path + "/err", bytes: 3) == "ö")
    #expect(OutputTail.text(of: place.path + "/err", bytes: 100) == "abäö")
    #expect(OutputTail.text(of: place.path, bytes: 100) == "" && OutputTail.text(of: "/nowhere", bytes: 100) == "")
  }

  @Test func memoryKillsAreCounted() {
    let kills = MemoryKills(of: getpid())
    #expect(!kills.happened)
    #expect(MemoryKills.count("/proc/vmstat") != nil && MemoryKills.count("/proc/stat") == nil)
  }
}
