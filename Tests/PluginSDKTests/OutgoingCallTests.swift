// SPDX-License-Identifier: Apache-2.0

import PluginSDK
import PluginTestKit
import Testing

@Suite struct OutgoingCallTests {
  @Test func answerComesBack() async throws {
    let (host, _) = try await probe()
    host.answer("other.add") { call in call.input.bytes == Array(#"{"a":1}"#.utf8) ? "2" : "0" }
    #expect(try await host.call("probe.add").text == "2")
    await host.close()
  }

  @Test func callNamesTheOneItIsMadeForAsItsParent() async throws {
    let (host, _) = try await probe()
    host.answer("other.add") { "\($0.parent)" }
    #expect(try await host.call("probe.add").text == "1")
    await host.close()
  }

  @Test func answerBeforeTheStartReturnedIsNotLost() async throws {
    let (host, _) = try await probe()
    host.answerEarly("other.add", "2")
    for _ in 0..<200 { #expect(try await host.call("probe.add").text == "2") }
    await host.close()
  }

  @Test func manyAtOnceEachGetTheirOwnAnswer() async throws {
    let (host, _) = try await probe()
    host.answer("other.add") { "\($0.parent)" }
    let calls = (0..<1000).map { _ in host.begin("probe.add") }
    for call in calls { #expect(try await call.answer().text == "\(call.id)") }
    await host.close()
  }

  @Test func failureOfTheOtherSideGoesOn() async throws {
    let (host, _) = try await probe()
    host.answer("other.add") { _ in throw PluginFailure("too big", code: "overflow", data: ["at": 7], status: .tooLarge) }
    let answer = try await host.call("probe.add")
    #expect(answer.status == .tooLarge)
    #expect(answer.text == #"{"code":"overflow","data":{"at":7},"message":"too big"}"#)
    await host.close()
  }

  @Test func commandNobodyOffersIsExplained() async throws {
    let (host, _) = try await probe()
    let answer = try await host.call("probe.add")
    #expect(answer.status == .notFound)
    #expect(
      answer.failure?.message
        == "cannot call 'other.add': no plugin offers it; look at the list of commands, or require its plugin in plugin.json")
    await host.close()
  }

  @Test func answerThatDoesNotFitIsExplained() async throws {
    let (host, _) = try await probe()
    host.answer("other.add") { _ in #""two""# }
    #expect(try await host.call("probe.add").failure?.message == "cannot read the answer of 'other.add': the value must be an integer")
    await host.close()
  }

  @Test func cancellingTheTaskCancelsTheCall() async throws {
    let (host, bench) = try await probe()
    host.answer("other.add") { call in
      try await call.ended()
      return "0"
    }
    let call = host.begin("probe.add")
    let made = try await host.called("other.add")
    call.cancel()
    try await made.ended()
    #expect(try await call.answer().status == .cancelled)
    await host.close()
    _ = bench
    #expect(host.record.contains { $0.function == "call_cancel" })
  }

  @Test func timeoutEndsTheCall() async throws {
    let (host, _) = try await probe()
    host.answer("other.add") { call in
      try await call.ended()
      return "0"
    }
    let answer = try await host.call("probe.add_soon")
    #expect(answer.status == .deadline)
    #expect(answer.failure?.message == "the deadline of 'other.add' passed")
    await host.close()
  }

  @Test func chunksArriveInOrderAndOnlyAsFastAsTheyAreHandled() async throws {
    let (host, bench) = try await probe()
    host.answer("other.stream") { call in
      #expect(call.credit == 16)
      for number in 0..<100 { try await call.emit("\(number)") }
      call.progress(250_000, "quarter")
      return "\"end\""
    }
    #expect(try await host.call("probe.collect").text == #""\"end\"""#)
    #expect(Array(bench.events.dropFirst()) == (0..<100).map { "\($0)" } + ["0.25 quarter"])
    await host.close()
  }

  @Test func startCannotWaitForAnAnswer() async throws {
    let bench = Bench("startCalls")
    await #expect(
      throws: TestHostError(
        #"start answered 'unsupported': the plugin did not start {"reason":"cannot call 'other.add' in start(): nothing arrives before start() has returned; do it in a task begun with context.run"}"#
      )
    ) {
      try await TestHost(plugin: ProbePlugin.self, configuration: bench.configuration)
    }
  }
}
