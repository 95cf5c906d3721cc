// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import PythonBlocks

@Suite struct SplitTests {
  @Test func aRangeFallsIntoItsStatements() {
    let document = PythonDocument("a = 1\n\n# note\n@d\ndef f():\n    b\n\nif c:\n    d\nelse:\n    e\nf; g\n!ls\n")
    #expect(document.split(0...12).map(\.lines) == [0...0, 3...5, 7...10, 11...11, 12...12])
    #expect(document.split(1...8).map(\.lines) == [3...5, 7...8])
    #expect(document.split(8...9).map(\.kind) == [.statement, .invalid])
    #expect(document.split(20...30) == [])
    #expect(PythonDocument("").split(0...0) == [])
  }

  @Test func aPartOfABlockFallsIntoItsStatementsToo() {
    let document = PythonDocument("def f():\n    a = 1\n    if b:\n        c\n    return a\n")
    let parts = document.split(1...4)
    #expect(parts.map(\.lines) == [1...1, 2...3, 4...4])
    #expect(parts.map { document.code(of: $0) } == ["a = 1", "if b:\n    c", "return a"])
  }

  @Test(arguments: [
    ("    a\n\n        b\n", 0...2, "    a\n\n        b\n"), ("  if a:\n    b\n", 0...1, "if a:\n  b"),
    ("\ta\n\tif b:\n\t\tc\n", 0...2, "a\nif b:\n        c"),
    ("f(\n    1,\n    2)\n", 1...1, "1,"), ("  # far left\n    a = 1\n", 0...1, "# far left\na = 1"),
    ("    s = '''\n  kept\n      '''\n", 0...2, "s = '''\n  kept\n      '''"), ("    x = f(\n  1)\n", 0...1, "x = f(\n1)"),
    ("    s = f'''{\n      a}\n      '''\n", 0...2, "s = f'''{\n      a}\n      '''"), ("  a\r\n  b\r\n", 0...1, "a\nb"),
    ("    if a:\n     \\\nb\n", 0...2, "if a:\n \\\n b"), ("    s = 'a\\\n      b'\n", 0...1, "s = 'a\\\n      b'"),
    ("\u{FEFF}a\n", 0...0, "a"),
    ("            \tif a:\n                    b\n", 0...1, "if a:\n    b"),
  ])
  func codeLosesTheIndentationItShares(_ text: String, _ lines: ClosedRange<Int>, _ code: String) {
    let expected = text.hasPrefix("    a\n\n") ? "a\n\n    b" : code
    #expect(PythonDocument(text).code(lines) == expected)
  }

  @Test(arguments: [
    (0...1, BlockKind.lines, nil as Int?), (2...2, .incomplete, 2), (4...4, .invalid, 4), (6...7, .blank, nil), (8...8, .comment, nil),
    (9...9, .magic, nil),
  ])
  func aSelectionIsTakenAsItIs(_ lines: ClosedRange<Int>, _ kind: BlockKind, _ failure: Int?) {
    let block = PythonDocument("a\nb\nif c:\n  d\nelse:\n  e\n\n\n# f\n%g\n").selection(lines)
    #expect(block.kind == kind)
    #expect(block.lines == lines)
    #expect(block.failure?.line == failure)
  }

  @Test func aSelectionInsideAStringIsNoCode() {
    let block = PythonDocument("s = '''\nx = 1\n'''\n").selection(1...1)
    #expect(block.failure == .init(line: 1, reason: "the line is inside a string that begins above"))
  }

  @Test func aSelectionEndsWithTheText() {
    #expect(PythonDocument("a\nb\n").selection(1...90) == Block(.lines, 1...1))
    #expect(PythonDocument("a\n").selection(4...5) == Block(.blank, 4...5))
  }
}
