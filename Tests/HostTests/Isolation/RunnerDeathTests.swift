// SPDX-License-Identifier: Apache-2.0
// A real process is killed or stopped under load.
import Glibc
import PluginBridge
import Synchronization
import Testing

@testable import Host

@Suite struct RunnerDeathTests {
  private func pid(_ slot: PluginSlot) throws -> pid_t { try #require(slot.instance?.process?.pid) }

  private func isStopped(_ pid: pid_t) -> Bool {
    let status = (try? SmallFile.read("/proc/\(pid)/stat", limit: 4_096)) ?? []
    return String(decoding: status, as: UTF8.self).contains(") T ")
  }

  @Test func tenThousandOpenCallsOfADeadProcessAreAnsweredOnceEach() throws {
    var limits = Switchboard.Limits()
    limits.callsInFlight = 10_001
    let host = ProbeHost(.process, limits: limits)
    let slot = try host.add()
    #expect(host.call("probe.echo")?.status == .ok)
    let open = (0..<10_000).map { _ in host.start("probe.never").box }
    let killed = try pid(slot)
    kill(killed, SIGKILL)
    for box in open {
      let answer = try #require(box.answer())
      #expect(answer.status == .gone && answer.status.isRetryable)
      #expect(box.finishes.load(ordering: .relaxed) == 1)
    }
    #expect(host.switchboard.openCalls == 0)
    // The next call waits for the next process.
    #expect(host.call("probe.echo")?.status == .ok)
    #expect(try pid(slot) != killed)
    #expect(slot.crashes == 1)
    #expect(host.stop(slot))
  }

  @Test func processThatIsStoppedIsSilentAndReplaced() throws {
    // Stopped between hearing a ping and answering it, it counts as stuck instead: that must end within a call's patience too.
    let host = ProbeHost(.process, terms: { ($0.silentMilliseconds, $0.stuckMilliseconds) = (2_000, 12_000) })
    let slot = try host.add()
    #expect(host.call("probe.echo")?.status == .ok)
    let stopped = try pid(slot)
    kill(stopped, SIGSTOP)
    // The signal takes a moment.
    #expect(host.eventually { isStopped(stopped) })
    #expect(host.call("probe.echo")?.status == .gone)
    #expect(host.call("probe.echo")?.status == .ok)
    #expect(try pid(slot) != stopped)
    #expect(host.stop(slot))
  }

  @Test func eventsThatWereNotTakenComeAgain() throws {
    let host = ProbeHost(.process)
    let wants = PluginBlueprint.Subscription(pattern: try TopicPattern("a.*"), queue: 5_000, overflow: .block)
    let slot = try host.add(subscriptions: [wants])
    let topic = try #require(host.switchboard.topic("a.b"))
    #expect(host.call("probe.echo")?.status == .ok)
    let first = try pid(slot)
    // It takes nothing while it is inside of a call, and then it is gone.
    let gate = Gate()
    host.start("probe.hang", gate.path, content: .bytes)
    let held = gate.hold()
    for _ in 0..<1_000 { #expect(host.switchboard.publish(topic, content: .json, byteCount: 1, publisher: nil) { [49] } == .ok) }
    kill(first, SIGKILL)
    held.letGo()
    #expect(host.eventually { host.call("probe.events")?.text == "1000" })
    #expect(host.stop(slot))
  }

  @Test func publisherFindsNoRoomOnlyWhenItsWindowIsFull() throws {
    let host = ProbeHost(.process)
    let slot = try host.add()
    let keeper = host.switchboard.subscribe([try TopicPattern("probe.ticks")], queue: 1, overflow: .block) {}
    var taken: [String] = []
    var accepted = 0
    while host.call("probe.publish", "\(accepted)")?.text == "0", accepted < 1_000 { accepted += 1 }
    // One in the queue, the rest in the window of the topic.
    #expect((256...258).contains(accepted))
    #expect(
      host.eventually {
        taken += keeper.take(max: 10).events.map { String(decoding: $0.payload, as: UTF8.self) }
        return taken.count > accepted
      })
    // All that was accepted, in its order; then what the plugin says when it hears that there is room.
    #expect(taken.prefix(accepted) == (0..<accepted).map { "\($0)" }[...])
    #expect(taken.last == "\"again\"")
    #expect(host.stop(slot))
  }
}
