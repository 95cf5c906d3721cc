// SPDX-License-Identifier: Apache-2.0
import JSON
import Synchronization
import Testing

@testable import Host
import PluginBridge

@Suite struct CallTests {

  @Test(arguments: Configuration.Mode.allCases) func answerCarriesTheBytesAsTheyCame(mode: Configuration.Mode) throws {
    let host = ProbeHost(mode)
    try host.add()
    let answer = host.call("probe.echo", #"{"a":1}"#)
    #expect(answer?.status == .ok)
    #expect(answer?.text == #"{"a":1}"#)
  }

  @Test func inlineCommandAnswersBeforeTheCallReturns() throws {
    let host = ProbeHost()
    try host.add()
    #expect(host.call("probe.echo")?.status == .ok)
    let (_, box) = host.start("probe.inline", "7")
    #expect(box.finishes.load(ordering: .relaxed) == 1)
  }

  @Test(arguments: Configuration.Mode.allCases) func unknownCommandNamesTheNearest(mode: Configuration.Mode) throws {
    let host = ProbeHost(mode)
    try host.add()
    let answer = host.call("probe.ecko")
    #expect(answer?.status == .notFound)
    #expect(answer?.message == "there is no command 'probe.ecko'; did you mean 'probe.echo'?")
  }

  @Test(arguments: Configuration.Mode.allCases) func callThatIsNeverAnsweredEndsAtItsDeadline(mode: Configuration.Mode) throws {
    let host = ProbeHost(mode)
    try host.add()
    let answer = host.call("probe.never", deadlineIn: 50)
    #expect(answer?.status == .deadline)
    #expect(answer?.message == "'probe.never' did not answer within its deadline")
    #expect(host.switchboard.openCalls == 0)
  }

  @Test(arguments: Configuration.Mode.allCases) func cancelAnswersAtOnceAndTellsThePlugin(mode: Configuration.Mode) throws {
    let host = ProbeHost(mode)
    let slot = try host.add()
    let (id, box) = host.start("probe.waiter")
    #expect(host.call("probe.echo")?.status == .ok)  // the waiter is in the plugin by now
    #expect(host.switchboard.cancel(id))
    #expect(box.answer()?.status == .cancelled)
    #expect(host.call("probe.echo")?.status == .ok)
    #expect(host.eventually { slot.counters?.lateFinishes == 1 })  // the plugin finished it with what call_state told it
    #expect(!host.switchboard.cancel(id))
  }

  @Test(arguments: Configuration.Mode.allCases) func secondFinishIsCountedAndIgnored(mode: Configuration.Mode) throws {
    let host = ProbeHost(mode)
    let slot = try host.add()
    let (_, box) = host.start("probe.twice")
    #expect(box.answer()?.text == "1")
    #expect(host.call("probe.echo")?.status == .ok)
    #expect(box.finishes.load(ordering: .relaxed) == 1)
    #expect(host.eventually { slot.counters?.lateFinishes == 1 })
  }

  private static let misbehaviours = [
    ("probe.silent", CallStatus.failed, "plugin 'probe' said that 'probe.silent' was done without answering it; report this to its author"),
    ("probe.refuse", .unsupported, "plugin 'probe' refused 'probe.refuse' (unsupported)"),
    ("probe.fail", .failed, "the disk is full"),
    ("probe.badtext", .invalid, "plugin 'probe' answered 'probe.badtext' with bytes that are not UTF-8"),
    ("probe.nodata", .invalid, "plugin 'probe' answered 'probe.nodata' with bytes that are not UTF-8"),
    ("probe.huge", .tooLarge, "plugin 'probe' answered 'probe.huge' with 1073741824 bytes, the limit is 16777216; ask for less at once"),
  ]

  @Test(arguments: misbehaviours, Configuration.Mode.allCases)
  func misbehaviourBecomesASentence(_ wrong: (command: String, status: CallStatus, message: String), mode: Configuration.Mode) throws {
    let host = ProbeHost(mode)
    try host.add()
    let answer = host.call(wrong.command)
    #expect(answer?.status == wrong.status)
    #expect(answer?.message == wrong.message)
  }

  @Test(arguments: Configuration.Mode.allCases) func streamStopsWithoutCreditAndGoesOnWithIt(mode: Configuration.Mode) throws {
    let host = ProbeHost(mode)
    let slot = try host.add()
    let (id, box) = host.start("probe.stream", credit: 3)
    #expect(host.call("probe.echo")?.status == .ok)
    #expect((0..<3).map { _ in box.nextChunk() } == ["0", "1", "2"])
    #expect(box.waitingChunks == 0)
    #expect(host.eventually { slot.counters?.emitsWithoutCredit == 1 })
    host.switchboard.grant(id, chunks: 100)
    #expect((3..<10).map { _ in box.nextChunk() } == (3..<10).map { "\($0)" })
    #expect(box.answer()?.text == #"{"emitted":10}"#)
  }

  @Test(arguments: Configuration.Mode.allCases) func progressIsThinned(mode: Configuration.Mode) throws {
    let host = ProbeHost(mode)
    try host.add()
    let (_, box) = host.start("probe.progress")
    #expect(box.answer()?.status == .ok)
    #expect((1...20).contains(box.progressCount.load(ordering: .relaxed)))
  }

  @Test(arguments: Configuration.Mode.allCases) func onePluginCallsAnother(mode: Configuration.Mode) throws {
    let host = ProbeHost(mode)
    try host.add("one")
    try host.add("two")
    #expect(host.call("one.ask", "two.echo", content: .bytes)?.text == "{}")
  }

  @Test(arguments: Configuration.Mode.allCases) func cycleIsRefusedWithItsChain(mode: Configuration.Mode) throws {
    let host = ProbeHost(mode)
    try host.add("one")
    try host.add("two")
    let answer = host.call("one.ask", "one.echo", content: .bytes)
    #expect(answer?.status == .cycle)
    #expect(answer?.message == "cannot call 'one.echo': plugin 'one' is waiting for this very call (one.ask)")
  }

  @Test(arguments: Configuration.Mode.allCases) func cancellingACallCancelsWhatItAsked(mode: Configuration.Mode) throws {
    let host = ProbeHost(mode)
    try host.add("one")
    try host.add("two")
    let (id, box) = host.start("one.ask", "two.never", content: .bytes)
    #expect(host.call("one.echo")?.status == .ok)
    #expect(host.call("two.echo")?.status == .ok)
    #expect(host.switchboard.openCalls == 2)
    host.switchboard.cancel(id)
    #expect(box.answer()?.status == .cancelled)
    #expect(host.switchboard.openCalls == 0)
  }

  @Test(arguments: Configuration.Mode.allCases) func tooManyOpenCallsAreBusy(mode: Configuration.Mode) throws {
    var limits = Switchboard.Limits()
    limits.callsInFlight = 3
    let host = ProbeHost(mode, limits: limits)
    try host.add()
    let open = (0..<3).map { _ in host.start("probe.never") }
    let answer = host.call("probe.echo")
    #expect(answer?.status == .busy)
    #expect(answer?.message == "cannot call 'probe.echo': 3 calls are open already; try again when some have ended")
    for call in open { host.switchboard.cancel(call.id) }
    #expect(host.call("probe.echo")?.status == .ok)
  }

  @Test(arguments: Configuration.Mode.allCases) func unfinishedCallsDoNotPileUp(mode: Configuration.Mode) throws {
    let host = ProbeHost(mode)
    try host.add()
    for _ in 0..<2 {
      let calls = (0..<6_000).map { _ in host.start("probe.never").id }
      #expect(host.call("probe.echo")?.status == .ok)  // the plugin has seen them all by now
      for id in calls { host.switchboard.cancel(id) }
    }
    #expect(host.switchboard.calls.all().count < 10_000)
    #expect(host.switchboard.openCalls == 0)
    #expect(host.call("probe.echo")?.status == .ok)
  }

  @Test(arguments: Configuration.Mode.allCases) func manyThreadsCallAtOnce(mode: Configuration.Mode) async throws {
    let host = ProbeHost(mode)
    let slot = try host.add(threads: 4)
    let sum = await withTaskGroup(of: Int.self) { group in
      for _ in 0..<8 {
        group.addTask {
          (0..<500).reduce(0) { total, number in
            let (_, box) = host.start(number % 2 == 0 ? "probe.inline" : "probe.echo", "\(number)")
            return total + (box.answer()?.text == "\(number)" ? 1 : 0)
          }
        }
      }
      return await group.reduce(0, +)
    }
    #expect(sum == 4_000)
    #expect(host.stop(slot))
  }

  @Test(arguments: Configuration.Mode.allCases) func logIsHeldToAThousandLinesASecond(mode: Configuration.Mode) throws {
    let host = ProbeHost(mode)
    let slot = try host.add()
    #expect(host.call("probe.log")?.status == .ok)
    #expect(host.eventually { (slot.counters?.logLinesDropped ?? 0) >= 1_000 })
    #expect(host.log.lines.contains("info probe chatter n=1"))
  }
}
