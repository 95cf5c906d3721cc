// SPDX-License-Identifier: Apache-2.0
// What happens when a plugin is closed in the middle of something.
import Glibc
import Synchronization
import Testing

@testable import Host
import PluginBridge

@Suite struct PluginSlotEndingTests {
  private let gate = Gate()

  /// Begins to close a slot; what comes back is filled once it has stopped.
  private func close(_ slot: PluginSlot, milliseconds: Int = 10_000) -> BlockingQueue<Void> {
    let stopped = BlockingQueue<Void>()
    slot.close(deadline: MonotonicClock.after(milliseconds: milliseconds)) { stopped.put(()) }
    return stopped
  }

  private func ends(_ stopped: BlockingQueue<Void>) -> Bool { stopped.take(until: MonotonicClock.after(milliseconds: 10_000)) != nil }

  @Test(arguments: Configuration.Mode.allCases) func pluginClosedWhileItStartsIsStoppedBeforeThatIsSaid(mode: Configuration.Mode) throws {
    let host = ProbeHost(mode)
    let slot = try host.add(options: [gate.option, "-DTELL"])
    let (_, box) = host.start("probe.echo")
    let held = gate.hold()
    let stopped = close(slot)
    #expect(box.answer()?.status == .stopping)
    #expect(stopped.count == 0)
    held.letGo()
    #expect(ends(stopped))
    #expect(host.log.lines.filter { $0.hasPrefix("info probe") } == ["info probe start", "info probe stop"])
    #expect(slot.condition.reason == "stopped")
  }

  @Test(arguments: Configuration.Mode.allCases) func pluginThatFailsToStartWhileItIsClosedCountsAsStopped(mode: Configuration.Mode) throws {
    let host = ProbeHost(mode)
    let slot = try host.add(options: [gate.option, "-DFAIL_START"])
    let (_, box) = host.start("probe.echo")
    let held = gate.hold()
    let stopped = close(slot)
    held.letGo()
    #expect(ends(stopped))
    #expect(box.answer()?.status == .stopping)
  }

  @Test(arguments: Configuration.Mode.allCases) func whoWaitsForAPluginThatIsClosedHearsIt(mode: Configuration.Mode) throws {
    let host = ProbeHost(mode)
    let base = try host.add("base", options: [gate.option])
    try host.add("top", requires: ["base"])
    let (_, box) = host.start("top.echo")
    let held = gate.hold()
    let stopped = close(base)
    #expect(box.answer()?.message == "plugin 'top' requires 'base', which does not run: plugin 'base' is stopping")
    held.letGo()
    #expect(ends(stopped))
  }

  @Test(arguments: Configuration.Mode.allCases) func pluginClosedWhileItWaitsForAnotherIsNeverLoaded(mode: Configuration.Mode) throws {
    let host = ProbeHost(mode)
    try host.add("base", options: [gate.option])
    let top = try host.add("top", options: ["-DTELL"], requires: ["base"])
    let (_, box) = host.start("top.echo")
    let held = gate.hold()
    #expect(ends(close(top)))
    #expect(box.answer()?.status == .stopping)
    held.letGo()
    #expect(host.call("base.echo")?.status == .ok)
    #expect(host.call("base.echo")?.status == .ok)
    #expect(!host.log.lines.contains("info top start"))
  }

  @Test(arguments: Configuration.Mode.allCases) func closingTwiceIsAnsweredTwice(mode: Configuration.Mode) throws {
    let host = ProbeHost(mode)
    let slot = try host.add(options: [gate.option])
    host.start("probe.echo")
    let held = gate.hold()
    let (first, second) = (close(slot), close(slot))
    #expect(second.count == 0)
    held.letGo()
    #expect(ends(first) && ends(second))
  }

  @Test(arguments: Configuration.Mode.allCases) func configurationThatComesDuringTheStartIsTold(mode: Configuration.Mode) throws {
    let host = ProbeHost(mode)
    let slot = try host.add(options: [gate.option])
    let (_, box) = host.start("probe.echo")
    let held = gate.hold()
    slot.reconfigure(Array(#"{"new":true}"#.utf8))
    held.letGo()
    #expect(box.answer()?.status == .ok)
    #expect(host.call("probe.config")?.text == #"{"new":true}"#)
  }

  @Test func nothingIsStoppedWhileAThreadIsStillInside() throws {
    let host = ProbeHost()
    let slot = try host.add(options: ["-DTELL"], threads: 4)
    host.start("probe.hang", gate.path, content: .bytes)
    let held = gate.hold()
    let stopped = close(slot, milliseconds: 50)
    #expect(stopped.take(until: MonotonicClock.after(milliseconds: 300)) == nil)
    #expect(!host.log.lines.contains("info probe stop"))
    held.letGo()
    #expect(ends(stopped))
    #expect(host.log.lines.contains("info probe stop"))
  }

  @Test(arguments: Configuration.Mode.allCases) func concurrentPluginHearsTheEventsOfASubscriptionOneByOneInOrder(mode: Configuration.Mode)
    throws
  {
    let host = ProbeHost(mode)
    let wants = PluginBlueprint.Subscription(pattern: try TopicPattern("a.*"), queue: 20_000, overflow: .block)
    let slot = try host.add(options: [gate.option, "-DNUMBERED"], subscriptions: [wants], threads: 4)
    let topic = try #require(host.switchboard.topic("a.b"))
    host.start("probe.echo")
    // Events that come during the start are announced twice: by the bus, and by the end of the start.
    let held = gate.hold()
    for number in 1...20_000 {
      let text = Array("\(number)".utf8)
      #expect(host.switchboard.publish(topic, content: .json, byteCount: text.count, publisher: nil) { text } == .ok)
    }
    held.letGo()
    let deadline = MonotonicClock.after(milliseconds: 10_000)
    while host.call("probe.events")?.text != "20000", MonotonicClock.now() < deadline {}
    #expect(host.call("probe.overlaps")?.text == "0")
    #expect(host.stop(slot))
  }

  /// Several threads call, cancel and publish while others start the plugin and close it, and every call is answered once.
  @Test(arguments: Configuration.Mode.allCases) func nothingHangsAndEveryCallIsAnsweredOnceWhateverTheMoment(mode: Configuration.Mode)
    throws
  {
    let host = ProbeHost(mode)
    let wants = PluginBlueprint.Subscription(pattern: try TopicPattern("a.*"), queue: 4, overflow: .block)
    let topic = try #require(host.switchboard.topic("a.b"))
    // A round of processes takes longer than one of threads.
    for round in 0..<(mode == .process ? 10 : 200) {
      let slots = [
        try host.add("base", subscriptions: [wants], threads: 1 + round % 4),
        try host.add("top", subscriptions: [wants], requires: ["base"], threads: 1 + round % 2 * 3),
      ]
      let boxes = Mutex<[AnswerBox]>([])
      let ended = BlockingQueue<Void>()
      for worker in 0..<4 {
        HostThread.start("worker") { [host] in
          for number in 0..<10 {
            let verb = ["echo", "inline", "never", "slow", "waiter"][(number + worker) % 5]
            let (id, box) = host.start("\(number % 2 == 0 ? "top" : "base").\(verb)", "1")
            boxes.withLock { $0.append(box) }
            if verb == "never" || verb == "waiter" { host.switchboard.cancel(id) }
            _ = host.switchboard.publish(topic, content: .json, byteCount: 1, publisher: nil) { [49] }
          }
          ended.put(())
        }
      }
      // At another moment each round.
      for _ in 0..<(round * 20) { sched_yield() }
      let order = round % 2 == 0 ? slots : slots.reversed()
      for slot in order { #expect(host.stop(slot), "round \(round)") }
      for _ in 0..<4 { #expect(ended.take(until: MonotonicClock.after(milliseconds: 10_000)) != nil) }
      for box in boxes.withLock({ $0 }) {
        #expect(box.answer() != nil, "round \(round)")
        #expect(box.finishes.load(ordering: .relaxed) == 1)
      }
      #expect(host.switchboard.openCalls == 0)
      #expect(host.switchboard.calls.all().isEmpty)
    }
  }
}
