// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import PythonBlocks

@Suite struct EditTests {
  private static let text = String(repeating: "def f():\n    a = (1,\n        2)\n    return '''x\n'''\n", count: 200)

  @Test(arguments: [
    (500..<501, "def g():\n"), (501..<502, "    a = [1,\n"), (0..<0, "\u{FEFF}# first\n"), (0..<1, ""), (999..<1000, ""),
    (1000..<1000, "x = 1"),
    (10..<900, "y\r\nz\r"), (3..<4, "    return x\n"), (0..<1000, ""), (2000..<3000, "z\n"), (501..<501, "'''\n"),
  ])
  func anEditLeavesWhatReadingAgainWouldGive(_ lines: Range<Int>, _ text: String) {
    var document = PythonDocument(Self.text)
    document.replaceLines(lines, with: text)
    #expect(document.difference(from: PythonDocument(document.text)) == nil)
  }

  @Test func onlyTheLinesThatChangeAreReadAgain() {
    var document = PythonDocument(Self.text)
    let before = document.bytesRead
    let lines = document.replaceLines(500..<501, with: "def other(b):\n")
    #expect(lines == 1)
    #expect(document.bytesRead - before == 14)
  }

  @Test func anOpenedStringIsReadToWhereTheStatesMeetAgain() {
    var document = PythonDocument(Self.text)
    let opened = document.replaceLines(500..<500, with: "s = '''\n")
    #expect(opened == 501)
    let closed = document.replaceLines(501..<501, with: "'''\n")
    #expect(closed == 501)
    #expect(document.block(atLine: 500).lines == 500...501)
  }

  @Test func manyDeepStatesAreForgottenInTime() {
    var document = PythonDocument("a\n")
    for step in 0..<200 {
      document.replaceLines(0..<1, with: String(repeating: step % 2 == 0 ? "([" : "{(", count: 100 + step) + "\n")
    }
    document.replaceLines(0..<1, with: "a\n")
    #expect(document.tokenizer.states.count < 60_000)
    #expect(document.block(atLine: 0) == Block(.statement, 0...0))
  }
}
