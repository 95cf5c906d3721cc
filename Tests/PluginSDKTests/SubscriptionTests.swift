// SPDX-License-Identifier: Apache-2.0

import PluginSDK
import Testing

@testable import PluginTestKit

@Suite struct SubscriptionTests {
  @Test func closureHearsEventsAndWhatWasLost() async throws {
    let (host, bench) = try await probe()
    host.publish("closure.a", "[1]")
    host.publish("closure.b", "{}", lost: 3)
    host.publish("elsewhere")
    try await host.allTaken()
    #expect(Array(bench.events.dropFirst()) == ["closure.a [1] 3 lost 0", "closure.b {} 2 lost 3"])
    await host.close()
  }

  @Test func laterKeepsTheEventUntilResumed() async throws {
    let (host, bench) = try await probe()
    bench.state.change { $0.answersLater = true }
    host.publish("closure.a", "1")
    host.publish("closure.a", "2")
    try await host.heldBack("closure.*")
    bench.state.change { $0.answersLater = false }
    bench.context?.resume("closure.*")
    try await host.allTaken()
    #expect(Array(bench.events.dropFirst()) == ["later", "closure.a 1 1 lost 0", "closure.a 2 1 lost 0"])
    await host.close()
  }

  @Test func fullStreamHoldsTheHostBackAndNothingIsLostOrDoubled() async throws {
    let (host, bench) = try await probe()
    for number in 0..<1000 { host.publish("stream.x", "\(number)") }
    try await host.heldBack("stream.*")
    #expect(bench.events.count == 1)
    bench.open()
    try await bench.noted(count: 1001)
    try await host.allTaken()
    #expect(Array(bench.events.dropFirst()) == (0..<1000).map { "\($0)" })
    await host.close()
  }

  @Test func heldStreamDoesNotHoldTheOtherSubscriptions() async throws {
    let (host, bench) = try await probe()
    for number in 0..<10 { host.publish("stream.x", "\(number)") }
    try await host.heldBack("stream.*")
    host.publish("closure.a", "1")
    try await bench.noted("closure.a 1 1 lost 0")
    bench.open()
    await host.close()
  }

  @Test func streamEndsAfterItsLastEventAtTheStop() async throws {
    let (host, bench) = try await probe()
    for number in 0..<4 { host.publish("stream.x", "\(number)") }
    try await host.allTaken()
    bench.open()
    await host.stop(within: .seconds(30))
    #expect(Array(bench.events.dropFirst()) == ["0", "1", "2", "3", "stream ended", "stop"])
    await host.close()
  }
}
