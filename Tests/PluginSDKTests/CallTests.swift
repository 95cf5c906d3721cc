// SPDX-License-Identifier: Apache-2.0

import PluginSDK
import Testing

@testable import PluginTestKit

@Suite struct CallTests {
  @Test func streamWithOneCreditAtATimeLosesNothing() async throws {
    let (host, _) = try await probe()
    let call = host.begin("probe.count", json: #"{"count":50}"#, credit: 1)
    for number in 0..<50 {
      #expect(try await call.nextChunk().bytes == Array("\(number)".utf8))
      call.grant(1)
    }
    let answer = try await call.answer()
    #expect(answer.text == #"{"count":50}"#)
    #expect(answer.chunks.count == 50)
    await host.close()
  }

  @Test func withoutCreditNothingIsEmittedUntilGranted() async throws {
    let (host, _) = try await probe()
    let call = host.begin("probe.count", json: #"{"count":3}"#, credit: 0)
    try await call.outOfCredit()
    call.grant(3)
    #expect(try await call.answer().chunks.map(\.bytes) == [[48], [49], [50]])
    await host.close()
  }

  @Test func cancelEndsAWaitForCredit() async throws {
    let (host, _) = try await probe()
    let call = host.begin("probe.count", json: #"{"count":3}"#, credit: 1)
    try await call.outOfCredit()
    call.cancel()
    #expect(try await call.answer().status == .cancelled)
    await host.stop()
    #expect(
      host.record.last { $0.function == "call_finish" }?.description
        == #"plugin > call_finish call 1 cancelled {"message":"gave up 'probe.count': it was cancelled"} = gone"#)
    await host.close()
  }

  @Test func cancelReachesTheTask() async throws {
    let (host, bench) = try await probe()
    let call = host.begin("probe.wait")
    try await bench.noted("waiting")
    call.cancel()
    try await bench.noted("cancelled true")
    await host.close()
    #expect(host.lateFinishes == 1)
  }

  @Test func deadlineCancelsAndSaysSo() async throws {
    let (host, bench) = try await probe()
    let call = host.begin("probe.wait", deadline: .milliseconds(5))
    #expect(try await call.answer().status == .deadline)
    try await bench.noted("cancelled true")
    await host.close()
    #expect(host.record.contains { $0.arguments.contains(#"deadline {"message":"gave up 'probe.wait': its deadline passed"}"#) })
  }

  @Test func cancellingWhileFinishingAnswersOnce() async throws {
    let (host, _) = try await probe()
    for _ in 0..<500 {
      let call = host.begin("probe.empty")
      call.cancel()
      let status = try await call.answer().status
      #expect(status == .ok || status == .cancelled)
    }
    await host.close()
    let finishes = host.record.filter { $0.function == "call_finish" }.map { $0.arguments.split(separator: " ")[1] }
    #expect(Set(finishes).count == finishes.count)
  }

  @Test func progressIsBounded() async throws {
    let (host, _) = try await probe()
    let answer = try await host.call("probe.progress")
    #expect(answer.progress == [.init(partsPerMillion: 500_000, note: "half"), .init(partsPerMillion: 0, note: "")])
    await host.close()
  }

  @Test func callWithoutDeadlineHasNone() async throws {
    let (host, bench) = try await probe()
    bench.open()
    #expect(try await host.call("probe.wait").text == "true")
    #expect(try await host.call("probe.wait", deadline: .seconds(60)).text == "false")
    await host.close()
  }
}
