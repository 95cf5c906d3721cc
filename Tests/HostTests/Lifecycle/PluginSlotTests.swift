// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import Host
import PluginBridge

@Suite struct PluginSlotTests {

  @Test(arguments: Configuration.Mode.allCases) func codeIsLoadedByTheFirstCall(mode: Configuration.Mode) throws {
    let host = ProbeHost(mode)
    let slot = try host.add()
    #expect(slot.condition.state == .ready)
    #expect(host.call("probe.echo")?.status == .ok)
    #expect(slot.condition.state == .active)
  }

  @Test(arguments: Configuration.Mode.allCases) func requiredPluginStartsFirst(mode: Configuration.Mode) throws {
    let host = ProbeHost(mode)
    let base = try host.add("base")
    try host.add("top", requires: ["base"])
    #expect(host.call("top.echo")?.status == .ok)
    #expect(base.condition.state == .active)
  }

  @Test(arguments: Configuration.Mode.allCases) func failureOfARequiredPluginIsTold(mode: Configuration.Mode) throws {
    let host = ProbeHost(mode)
    try host.add("base", options: ["-DFAIL_START"])
    let top = try host.add("top", requires: ["base"])
    let answer = host.call("top.echo")
    #expect(answer?.status == .failed)
    #expect(
      answer?.message
        == "plugin 'top' requires 'base', which does not run: plugin 'base' failed to start (failed); its log may say why ('jackfield plugins info base')"
    )
    #expect(top.condition.state == .failed)
  }

  private static let brokenWords = [
    ("-DFAIL_CREATE", "plugin 'probe' failed to create (failed): the licence has expired"),
    ("-DFAIL_CREATE_REASON", "plugin 'probe' failed to create (failed): no port is free"),
    (
      "-DFORGET=\"twice\"",
      "plugin 'probe' promises 'probe.twice' in plugin.json but its code does not register it; register it in create, or take it out of plugin.json"
    ),
  ]

  @Test(arguments: brokenWords, Configuration.Mode.allCases)
  func pluginThatBreaksItsWordDoesNotRun(_ wrong: (option: String, reason: String), mode: Configuration.Mode) throws {
    let host = ProbeHost(mode)
    let slot = try host.add(options: [wrong.option])
    #expect(host.call("probe.echo")?.message == wrong.reason)
    #expect(slot.condition.state == .failed)
    #expect(slot.condition.reason == wrong.reason)
  }

  @Test(arguments: Configuration.Mode.allCases) func commandOutsideTheManifestIsDenied(mode: Configuration.Mode) throws {
    let host = ProbeHost(mode)
    let slot = try host.add(options: ["-DEXTRA=\"probe.extra\""])
    #expect(host.call("probe.echo")?.status == .ok)
    #expect(host.call("probe.extra")?.status == .notFound)
    #expect(host.eventually { slot.counters?.misuse == 1 })
  }

  @Test(arguments: Configuration.Mode.allCases) func tableOfAnotherMajorIsRefused(mode: Configuration.Mode) throws {
    let host = ProbeHost(mode)
    let slot = try host.add(options: ["-DMAJOR=2"])
    let path = slot.blueprint.terms.libraryPath
    #expect(
      host.call("probe.echo")?.message
        == "cannot load '\(path)': its table is of ABI 2, this host speaks 1; rebuild it against this host's headers")
  }

  @Test(arguments: Configuration.Mode.allCases) func startThatHangsIsGivenUp(mode: Configuration.Mode) throws {
    let host = ProbeHost(mode)
    let slot = try host.add(options: ["-DHANG_START"])
    let (_, box) = host.start("probe.echo")
    slot.abandonStart(afterMilliseconds: 50)
    #expect(
      box.answer()?.message == "plugin 'probe' did not start within 50 ms; raise limits.startTimeoutMs, or mend the plugin")
    #expect(slot.condition.state == .failed)
  }

  @Test(arguments: Configuration.Mode.allCases) func stopEndsOpenCallsAndRefusesNewOnes(mode: Configuration.Mode) throws {
    let host = ProbeHost(mode)
    let slot = try host.add()
    let (_, box) = host.start("probe.never")
    #expect(host.call("probe.echo")?.status == .ok)
    #expect(host.stop(slot))
    #expect(box.answer()?.status == .stopping)
    #expect(host.call("probe.echo")?.status == .notFound)
    #expect(host.switchboard.openCalls == 0)
  }

  @Test(arguments: Configuration.Mode.allCases) func queuedEventsAreDeliveredBeforeTheStop(mode: Configuration.Mode) throws {
    let host = ProbeHost(mode)
    let wants = PluginBlueprint.Subscription(pattern: try TopicPattern("a.*"), queue: 5_000, overflow: .block)
    let slot = try host.add(subscriptions: [wants])
    let topic = try #require(host.switchboard.topic("a.b"))
    for _ in 0..<5_000 {
      #expect(host.switchboard.publish(topic, content: .json, byteCount: 1, publisher: nil) { [49] } == .ok)
    }
    #expect(host.call("probe.echo")?.status == .ok)
    #expect(host.stop(slot))
    #expect(slot.counters?.events == 5_000)
  }

  @Test(arguments: Configuration.Mode.allCases) func stopThatHangsIsNotWaitedForForEver(mode: Configuration.Mode) throws {
    let host = ProbeHost(mode)
    let slot = try host.add(options: ["-DHANG_STOP"])
    #expect(host.call("probe.echo")?.status == .ok)
    #expect(!host.stop(slot, milliseconds: 100))
    slot.abandonStop()
    #expect(slot.condition.reason == "plugin 'probe' did not stop in time")
  }

  @Test(arguments: Configuration.Mode.allCases) func threadThatOutlivesItsPluginHearsGone(mode: Configuration.Mode) throws {
    let host = ProbeHost(mode)
    let slot = try host.add(options: ["-DAFTER_STOP"])
    #expect(host.call("probe.echo")?.status == .ok)
    #expect(host.stop(slot))
    // The fixture aborts the whole test process if the host answers anything but JF_E_GONE; give its thread a call's time.
    let other = try host.add("other")
    #expect(host.call("other.slow", deadlineIn: 5_000)?.status == .ok)
    #expect(host.call("other.slow", deadlineIn: 5_000)?.status == .ok)
    #expect(host.stop(other))
  }
}
