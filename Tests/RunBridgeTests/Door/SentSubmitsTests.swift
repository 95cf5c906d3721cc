// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import RunBridge

@Suite struct SentSubmitsTests {
  @Test func eachIsGivenOutOnce() {
    var sent = SentSubmits(limit: 100)
    sent.keep("a", [1])
    sent.keep("a", [2])
    #expect(sent.take("a") == [2])
    #expect(sent.take("a") == nil)
  }

  @Test func theSecondOfTwoAnnouncementsAsksForNothing() {
    var sent = SentSubmits(limit: 100)
    #expect(sent.announced("a") == nil)
    sent.keep("a", [1])
    #expect(sent.announced("a") == nil, "answered in between")
    #expect(sent.announced("a") == [1])
    #expect(sent.announced("a") == nil)
    for _ in 0..<2 { #expect(sent.announced("b") == nil) }
    sent.keep("b", [2])
    #expect(sent.announced("b") == [2])
  }

  @Test func theOldestGoFirst() {
    var sent = SentSubmits(limit: 100)
    for number in 0..<3 { sent.keep("\(number)", [UInt8](repeating: 0, count: 40)) }
    #expect(sent.take("0") == nil)
    #expect(sent.take("1") != nil)
    for number in 0..<100 { sent.keep("n\(number)", []) }
    #expect(sent.take("n35") == nil)
    #expect(sent.take("n36") == [])
    sent.keep("large", [UInt8](repeating: 0, count: 101))
    #expect(sent.take("large") == nil)
  }
}
