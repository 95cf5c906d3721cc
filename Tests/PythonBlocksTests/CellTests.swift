// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import PythonBlocks

@Suite struct CellTests {
  private static let text = """
    import os
    # %% load
    a = 1
    b = (2,
      3)

    #%% [markdown] Notes
    # text
    # In[3]:
    c = 3
    # <codecell>
    %%bash
    echo '(

    # %%
    # nothing
    """

  @Test func markersBeginCells() {
    let cells = PythonDocument(Self.text).cells
    #expect(cells.map(\.lines) == [0...0, 1...5, 6...7, 8...9, 10...13, 14...15])
    #expect(cells.map(\.title) == [nil, "load", "Notes", nil, nil, nil])
    #expect(cells.map(\.content) == [.code, .code, .markdown, .code, .code, .code])
    #expect(cells.map(\.hasMarker) == [false, true, true, true, true, true])
  }

  @Test(arguments: [
    "s = '''\n# %% no\n'''\n", "f(\n# %% no\n)\n", "def f():\n  # %% no\n  a\n", "x = 1  # %% no\n", "# % no\n", "# In[a]\n",
    "# codecell\n",
  ])
  func whatOnlyLooksLikeAMarkerIsNone(_ text: String) {
    let cells = PythonDocument(text).cells
    #expect(cells.allSatisfy { !$0.hasMarker })
  }

  @Test func aCellIsOneBlockWithoutItsMarker() {
    let document = PythonDocument(Self.text)
    let block = document.block(atLine: 3, mode: .cell)
    #expect(block == Block(.cell, 1...5, codeLines: 2...4))
    #expect(document.code(of: block) == "a = 1\nb = (2,\n  3)")
  }

  @Test func aCellMagicIsSentFromItsFirstLine() {
    let document = PythonDocument(Self.text)
    let block = document.block(atLine: 10, mode: .cell)
    #expect(block.kind == .cellMagic)
    #expect(document.code(of: block) == "%%bash\necho '(")
  }

  @Test(arguments: [(7, BlockKind.comment, 6...7), (15, .comment, 14...15), (40, .blank, 40...40)])
  func aCellWithoutCodeIsNotRun(_ line: Int, _ kind: BlockKind, _ lines: ClosedRange<Int>) {
    let block = PythonDocument(Self.text).block(atLine: line, mode: .cell)
    #expect(block.kind == kind)
    #expect(block.lines == lines)
  }

  @Test func aCellSaysWhatKeepsItFromBeingRun() {
    let broken = PythonDocument("# %%\na = 1\ndef f():\n# %%\nb\n").block(atLine: 0, mode: .cell)
    #expect(broken.kind == .incomplete)
    #expect(broken.lines == 0...2)
    #expect(broken.failure == .init(line: 2, reason: "'def' needs an indented block below"))
    let late = PythonDocument("# %%\na = 1\n%%time\nb\n").block(atLine: 1, mode: .cell)
    #expect(late.failure == .init(line: 2, reason: "a '%%' magic has to be the first code of its cell"))
  }

  @Test func cellsAreRunAsListsOfStatements() {
    let document = PythonDocument(Self.text)
    #expect(document.statementsAbove(line: 8).map(\.lines) == [0...0, 2...2, 3...4])
    #expect(document.statementsFrom(line: 8).map(\.lines) == [9...9, 11...12])
    #expect(document.allStatements.map(\.lines) == [0...0, 2...2, 3...4, 9...9, 11...12])
    #expect(document.allStatements.map(\.kind) == [.statement, .statement, .statement, .statement, .cellMagic])
  }
}
