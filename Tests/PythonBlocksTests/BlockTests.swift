// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import PythonBlocks

@Suite struct BlockTests {
  @Test(arguments: Case.table + Case.further)
  func aLineBelongsToItsBlock(_ given: Case) {
    let block = PythonDocument(given.text).block(atLine: given.line)
    #expect(block.lines == given.lines)
    #expect(block.kind == given.kind, "\(block)")
  }

  @Test func everyCaseOfTheTableIsThere() { #expect(Case.table.map(\.number) == Array(1...98)) }

  @Test(arguments: [
    ("def f():\n  if a:\n    b\n\nc\n", 2, 0...2), ("class A:\n  @p\n  def f(self):\n    pass\n", 3, 0...3),
    ("if a:\n  b\nelse:\n  c\n", 3, 0...3),
    ("a\nb\n", 1, 1...1), ("@d\ndef f():\n  a\n", 2, 0...2),
  ])
  func theTopStatementHoldsTheLine(_ text: String, _ line: Int, _ lines: ClosedRange<Int>) {
    let block = PythonDocument(text).block(atLine: line, mode: .top)
    #expect(block.lines == lines)
    #expect(block.kind == .statement)
  }

  @Test func anIndentedLineWithNothingAboveHasNoTopStatement() {
    let block = PythonDocument("x = 1\n    y = 2\n").block(atLine: 1, mode: .top)
    #expect(block.kind == .invalid)
    #expect(block.failure == .init(line: 1, reason: "the line is indented, but no line above opens a block for it"))
  }

  @Test(arguments: [
    (BlankPolicy.itself, 3...3, BlockKind.blank), (.next, 5...6, .statement), (.previous, 0...2, .statement),
  ])
  func aBlankLineStandsForWhatThePolicySays(_ policy: BlankPolicy, _ lines: ClosedRange<Int>, _ kind: BlockKind) {
    let block = PythonDocument("def f():\n  if a:\n    b\n\n# g\ndef g():\n  c\n").block(atLine: 3, blank: policy)
    #expect(block.lines == lines)
    #expect(block.kind == kind)
  }

  @Test func theStatementBeforeABlankLineInABodyIsOneOfTheBody() {
    let document = PythonDocument("def f():\n  if a:\n    b\n\n  c\n")
    #expect(document.block(atLine: 3, blank: .previous).lines == 1...2)
    #expect(document.block(atLine: 3, mode: .top, blank: .previous).lines == 0...4)
  }

  @Test func wherePolicyFindsNothingABlankLineStandsForItself() {
    let document = PythonDocument("\n# only this\n")
    #expect(document.block(atLine: 0, blank: .next) == Block(.blank, 0...0))
    #expect(document.block(atLine: 1, blank: .previous) == Block(.comment, 1...1))
  }

  @Test func theCursorGoesOnToCode() {
    let document = PythonDocument("a\n\n# b\nc(\n1)\nd\n")
    #expect(document.nextCodeLine(after: 0) == 3)
    #expect(document.nextCodeLine(after: 4) == 5)
    #expect(document.nextCodeLine(after: 5) == nil)
  }

  @Test(arguments: [
    ("r = f(\n  1,\nx = 2\n", 0, 0, "'(' is never closed"), ("a\nr = [(1), {\n  1,\nx = 2\n", 3, 1, "'{' is never closed"),
    ("x = '''a\nb\n", 0, 0, "the triple-quoted string is never closed"),
    ("x = 1 + \\\n", 0, 0, "the line ends in a backslash, and no line follows"),
    ("def f():\n", 0, 0, "'def' needs an indented block below"), ("def f():\n  if a:\nx\n", 0, 1, "'if' needs an indented block below"),
    ("try:\n  a\nb\n", 0, 0, "'try' needs an 'except' or a 'finally'"), ("@a\n", 0, 0, "a decorator needs a function or a class below"),
    ("x = 'a\n", 0, 0, "a string has no closing quote"), ("x = 1)\n", 0, 0, "a bracket is closed that was never opened"),
    ("x = (1]\n", 0, 0, "a bracket is closed by one of another kind"),
    ("x = \\ 1\n", 0, 0, "something follows the backslash that continues the line"),
    ("x = $\n", 0, 0, "a character stands here that Python does not know"), ("\0\n", 0, 0, "a NUL byte stands here, which Python refuses"),
    ("if a:\n        x\n\ty\n", 0, 2, "tabs and spaces are mixed, so that how deep the line is depends on the width of a tab"),
    ("if a:\n  x\n    y\n", 0, 2, "the line is indented, but the one above opens no block"),
    ("if a:\n    x\n  y\n", 0, 2, "the line is indented less than the one above, but as no block around it"),
    ("if a:\n  else:\n    x\n", 0, 1, "'else' has nothing above that it could belong to"),
    ("match a:\n  b\n", 0, 1, "only 'case' can stand directly below 'match'"), ("case a:\n  b\n", 0, 0, "'case' stands outside a 'match'"),
    ("if a:\n  @b\n  x\n", 0, 2, "a decorator stands above, but the line begins no function and no class"),
  ])
  func aBlockThatIsNotRunSaysWhere(_ text: String, _ line: Int, _ failureLine: Int, _ reason: String) {
    #expect(PythonDocument(text).block(atLine: line).failure == .init(line: failureLine, reason: reason))
  }

  @Test func depthBeyondPythonsIsRefusedAndNotSlow() {
    let brackets = String(repeating: "(", count: 1_000) + String(repeating: ")", count: 1_000) + "\n"
    #expect(PythonDocument(brackets).block(atLine: 0).failure?.reason == "more than 200 brackets are open, which Python refuses")
    let allowed = String(repeating: "(\n", count: 200) + String(repeating: ")\n", count: 200)
    #expect(PythonDocument(allowed).block(atLine: 250) == Block(.statement, 0...399))
    let blocks = (0...100).map { String(repeating: " ", count: $0) + "if a:\n" }.joined() + String(repeating: " ", count: 101) + "b\n"
    #expect(PythonDocument(blocks).block(atLine: 0).failure?.reason == "more than 100 blocks are inside each other, which Python refuses")
  }

  @Test(arguments: [
    ("x = '", "a", "'\n"), ("", "(\n", ""), ("", "@a\n", "b\n"), ("", "else: a\n", ""), ("f'", "{f'", "\n"), ("", "'''\n", ""),
  ])
  func workGrowsWithTheTextAlone(_ first: String, _ again: String, _ last: String) {
    let text = first + String(repeating: again, count: 5_000) + last
    let document = PythonDocument(text)
    #expect(document.bytesRead <= text.utf8.count + 1)
    #expect(document.visitsOfSplit <= 12 * (document.lineCount + 2))
    for line in [0, document.lineCount / 2, document.lineCount - 1] {
      #expect(document.visits(atLine: line, isTop: true) <= 12 * (document.lineCount + 2))
    }
  }
}
