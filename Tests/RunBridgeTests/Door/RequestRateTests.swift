// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import RunBridge

@Suite struct RequestRateTests {
  @Test func eachRunHasItsOwn() {
    let rate = RequestRate(perSecond: 3)
    let start = ContinuousClock.now
    #expect((0..<5).map { _ in rate.take("a", at: start) } == [true, true, true, false, false])
    #expect(rate.take("b", at: start))
    #expect(!rate.take("a", at: start + .milliseconds(300)))
    #expect(rate.take("a", at: start + .milliseconds(400)))
    #expect(!rate.take("a", at: start + .milliseconds(400)))
    #expect((0..<4).map { _ in rate.take("a", at: start + .seconds(60)) } == [true, true, true, false])
    rate.forget("a")
    #expect(rate.take("a", at: start + .seconds(60)))
  }
}
