// SPDX-License-Identifier: Apache-2.0

import Glibc
import Polling
import Testing

@Suite struct PollerTests {
  @Test func aWakeEndsAWait() throws {
    let poller = try Poller()
    poller.wake()
    #expect(poller.wait().isEmpty)
    #expect(poller.wait(timeoutMs: 0).isEmpty)
  }

  @Test func readinessComesUnderItsNumber() throws {
    let poller = try Poller()
    var pipes: [Int32] = [0, 0]
    #expect(pipe(&pipes) == 0)
    defer { pipes.forEach { close($0) } }
    try poller.add(pipes[0], tag: 7, .read)
    #expect(poller.wait(timeoutMs: 0).isEmpty)
    #expect(write(pipes[1], "x", 1) == 1)
    let ready = poller.wait()
    #expect(ready.map(\.tag) == [7])
    #expect(ready.map(\.canRead) == [true])
    #expect(ready.map(\.canWrite) == [false])
    poller.change(pipes[0], tag: 7, [])
    #expect(poller.wait(timeoutMs: 0).isEmpty)
    poller.remove(pipes[0])
  }

  @Test func theOtherSidesEndCanBeRead() throws {
    let poller = try Poller()
    var pipes: [Int32] = [0, 0]
    #expect(pipe(&pipes) == 0)
    try poller.add(pipes[0], tag: 3, .read)
    close(pipes[1])
    #expect(poller.wait().first?.canRead == true)
    close(pipes[0])
  }

  @Test func aClosedDescriptorIsRefused() throws {
    let error = #expect(throws: PollingError.self) { try Poller().add(-1, tag: 1, .read) }
    #expect(error?.description == "cannot watch a descriptor: Bad file descriptor")
  }
}
