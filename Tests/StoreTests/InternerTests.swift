// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Store

@Suite struct InternerTests {
  @Test func aTextKeepsItsNumberThroughGrowth() {
    var interner = Interner()
    let texts = (0..<5_000).map { "metric/\($0)" } + ["", "a", "a\0", "exactly8", "exactly8+"]
    for (number, text) in texts.enumerated() { #expect(interner.index(of: Array(text.utf8).span) == number) }
    for (number, text) in texts.enumerated() {
      #expect(interner.find(Array(text.utf8).span) == number)
      #expect(interner.text(number) == text)
    }
    #expect(interner.find(Array("unknown".utf8).span) == nil)
    #expect(interner.count == texts.count)
  }
}
