// SPDX-License-Identifier: Apache-2.0

import Glibc
import Testing

@testable import Processes

@Suite struct ProcessWatcherTests {
  @Test func exitCodeOfAChild() async throws {
    let place = Place()
    let watcher = try ProcessWatcher()
    defer { watcher.stop() }
    let pid = try place.begin("read line < /dev/null; exit 3")
    #expect(try await watcher.ended(ProcessIdentity(pid: pid, began: ProcessStat(pid)?.began ?? 0)) == .exited(3))
    #expect(ProcessEnd(pid) == nil, "it was reaped")
  }

  @Test func twoWatchesOfOneChildHearTheSame() async throws {
    let place = Place()
    let watcher = try ProcessWatcher()
    defer { watcher.stop() }
    let (pid, _) = try place.beginAndHear("echo; sleep 1000")
    let process = try #require(ProcessIdentity(pid))
    let (endings, feed) = AsyncStream<ProcessEnding>.makeStream()
    for _ in 0..<3 { try watcher.watch(process) { feed.yield($0) } }
    process.signalGroup(SIGKILL)
    var heard: [ProcessEnding] = []
    for await ending in endings {
      heard.append(ending)
      if heard.count == 3 { break }
    }
    #expect(heard == [.signalled(SIGKILL), .signalled(SIGKILL), .signalled(SIGKILL)])
  }

  @Test func signalThatEndedAChild() async throws {
    let place = Place()
    let watcher = try ProcessWatcher()
    defer { watcher.stop() }
    let pid = try place.begin("sleep 1000")
    let process = try #require(ProcessIdentity(pid))
    async let ending = watcher.ended(process)
    process.signalGroup(SIGTERM)
    #expect(try await ending == .signalled(SIGTERM))
    #expect(!process.isAlive && !process.signalGroup(0))
  }

  /// As a kernel that an earlier life of the host began: its end is seen, not how.
  @Test func processThatIsNoChild() async throws {
    let place = Place()
    let watcher = try ProcessWatcher()
    defer { watcher.stop() }
    let (pid, heard) = try place.beginAndHear("sleep 1000 & echo $!; wait")
    let grandchild = try #require(Int32(heard.dropLast()))
    let process = try #require(ProcessIdentity(grandchild))
    async let ending = watcher.ended(process)
    #expect(process.signal(SIGKILL))
    #expect(try await ending == .unknown)
    let shell = ProcessIdentity(pid: pid, began: ProcessStat(pid)?.began ?? 0)
    _ = try await watcher.ended(shell)
  }

  @Test func numberOfAnotherProcess() async throws {
    let watcher = try ProcessWatcher()
    defer { watcher.stop() }
    let other = ProcessIdentity(pid: getpid(), began: 1)
    #expect(!other.isAlive && !other.signal(SIGKILL) && !other.signalGroup(SIGKILL))
    #expect(try await watcher.ended(other) == .unknown)
    #expect(try await watcher.ended(ProcessIdentity(pid: 0x3FFF_FFFF, began: 1)) == .unknown)
  }

  @Test func manyAtOnce() async throws {
    let place = Place()
    let watcher = try ProcessWatcher()
    defer { watcher.stop() }
    try await withThrowingTaskGroup(of: Bool.self) { group in
      for code in 0..<100 {
        let pid = try place.begin("exit \(code)")
        let process = ProcessIdentity(pid: pid, began: ProcessStat(pid)?.began ?? 0)
        group.addTask { try await watcher.ended(process) == .exited(Int32(code)) }
      }
      for try await isRight in group { #expect(isRight) }
    }
  }

  @Test func stoppedWatcherTakesNothing() throws {
    let watcher = try ProcessWatcher()
    watcher.stop()
    #expect(throws: ProcessesError.self) { try watcher.watch(ProcessIdentity(pid: getpid(), began: 1)) { _ in } }
  }

  @Test func outputFileStaysSmall() async throws {
    let place = Place()
    let watcher = try ProcessWatcher()
    defer { watcher.stop() }
    let pid = try place.begin("read go < /dev/stdin; head -c 12000000 /dev/zero | tr '\\0' x; echo end")
    try watcher.limit(place.path + "/out", bytes: 1 << 20)
    _ = try await watcher.ended(ProcessIdentity(pid: pid, began: ProcessStat(pid)?.began ?? 0))
    GrowingFile.trim(place.path + "/out", to: 1 << 20)
    var status = stat()
    #expect(stat(place.path + "/out", &status) == 0)
    let length = status.st_size, blocks = Int64(status.st_blocks) * 512
    #expect(length == 12_000_004 && blocks <= 1 << 19)
    #expect(OutputTail.text(of: place.path + "/out", bytes: 6) == "xxend\n")
  }
}
