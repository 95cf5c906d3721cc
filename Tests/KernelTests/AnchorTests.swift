// SPDX-License-Identifier: Apache-2.0

import JSON
import PluginSDK
import Testing

@testable import Kernel

@Suite struct AnchorTests {
  /// The table of Docs/results.md. The new run is of lines 10 to 20.
  @Test(arguments: [
    (1...9, OverlapRule.keeps), (21...30, .keeps),
    (1...10, .keeps), (20...30, .keeps),
    (1...11, .isReplaced), (19...30, .isReplaced),
    (10...20, .isReplaced),
    (10...10, .goesStale), (20...20, .goesStale), (12...15, .goesStale), (10...19, .goesStale), (11...20, .goesStale),
    (1...30, .isReplaced), (10...21, .isReplaced), (9...20, .isReplaced),
  ])
  func whatBecomesOfAnEarlierResult(lines: ClosedRange<Int>, rule: OverlapRule) {
    let new = LineSpan(first: 10, last: 20)
    let earlier = LineSpan(first: lines.lowerBound, last: lines.upperBound)
    #expect(OverlapRule.of(earlier: earlier, isPinned: false, new: new) == rule)
    #expect(OverlapRule.of(earlier: earlier, isPinned: true, new: new) == .keeps)
  }

  /// A single line that is run inside of a larger block, or is the block.
  @Test func aLineInsideOfABlockReplacesIt() {
    let new = LineSpan(first: 5, last: 5)
    #expect(OverlapRule.of(earlier: LineSpan(first: 1, last: 9), isPinned: false, new: new) == .isReplaced)
    #expect(OverlapRule.of(earlier: new, isPinned: false, new: new) == .isReplaced)
  }

  @Test func runsFollowTheRule() async throws {
    let results = try ResultHarness()
    results.run("piece", lines: 12...15)
    results.run("pinned", lines: 13...14)
    #expect(try await results.anchors() == ["pinned 13-14"])
    _ = try await results.service.change { try $0.touch("pinned", "pinned = 1") { _ in } }
    results.run("inner", lines: 16...17)
    results.run("touching", lines: 1...10)
    results.run("elsewhere", lines: 12...12, document: "/b.py")
    results.run("block", lines: 10...20)
    #expect(try await results.anchors() == ["touching 1-10", "block 10-20", "pinned 13-14", "inner 16-17 stale"])
    results.run("inner again", lines: 16...17)
    #expect(try await results.anchors() == ["touching 1-10", "pinned 13-14", "inner again 16-17"])
    #expect(try await results.anchors("/b.py") == ["elsewhere 12-12"])
  }

  @Test(arguments: [
    // Edit of first, last, lines; the block of 10 to 20 before.
    (LineEdit(firstLine: 1, lastLine: 0, lines: 3), LineEdit.Effect.moved(LineSpan(first: 13, last: 23))),
    (LineEdit(firstLine: 10, lastLine: 9, lines: 1), .moved(LineSpan(first: 11, last: 21))),
    (LineEdit(firstLine: 21, lastLine: 20, lines: 1), .moved(LineSpan(first: 10, last: 20))),
    (LineEdit(firstLine: 1, lastLine: 5, lines: 0), .moved(LineSpan(first: 5, last: 15))),
    (LineEdit(firstLine: 15, lastLine: 15, lines: 1), .changed(LineSpan(first: 10, last: 20))),
    (LineEdit(firstLine: 11, lastLine: 10, lines: 2), .changed(LineSpan(first: 10, last: 22))),
    (LineEdit(firstLine: 20, lastLine: 20, lines: 0), .changed(LineSpan(first: 10, last: 19))),
    (LineEdit(firstLine: 8, lastLine: 12, lines: 1), .changed(LineSpan(first: 9, last: 16))),
    (LineEdit(firstLine: 18, lastLine: 25, lines: 9), .changed(LineSpan(first: 10, last: 17))),
    (LineEdit(firstLine: 10, lastLine: 20, lines: 0), .removed(10)),
    (LineEdit(firstLine: 1, lastLine: 99, lines: 0), .removed(1)),
    (LineEdit(firstLine: 1, lastLine: 30, lines: 30), .changed(LineSpan(first: 10, last: 20))),
    (LineEdit(firstLine: 1, lastLine: 30, lines: 33), .changed(LineSpan(first: 10, last: 23))),
  ])
  func editsMoveBlocks(edit: LineEdit, effect: LineEdit.Effect) {
    #expect(edit.apply(to: LineSpan(first: 10, last: 20)) == effect)
  }

  /// Any edits at all: a block whose lines none of them touched is where its lines are, found by following the lines themselves.
  @Test(arguments: 0..<200 as Range<UInt64>) func blocksStayWithTheirLines(seed: UInt64) {
    var random = SeededRandom(seed)
    var lines = Array(0..<60)
    var next = 1_000
    let block = Array(20...29)
    var span = LineSpan(first: 21, last: 30)
    var isTouched = false
    for _ in 0..<20 {
      let first = Int.random(in: 1...lines.count + 1, using: &random)
      let count = min(Int.random(in: 0...4, using: &random), lines.count - first + 1)
      let inserted = Int.random(in: 0...4, using: &random)
      let edit = LineEdit(firstLine: first, lastLine: first + count - 1, lines: inserted)
      lines.replaceSubrange((first - 1)..<(first - 1 + count), with: (0..<inserted).map { next + $0 })
      next += inserted
      switch edit.apply(to: span) {
      case .moved(let moved): span = moved
      case .changed(let changed):
        span = changed
        isTouched = true
      case .removed:
        #expect(!lines.contains(where: block.contains))
        return
      }
      #expect(span.first >= 1 && span.first <= span.last && span.last <= lines.count)
      let here = lines[(span.first - 1)..<span.last]
      // What is left of the block lies inside, in order; untouched, it is exactly that.
      #expect(lines.filter(block.contains) == here.filter(block.contains))
      #expect(isTouched || Array(here) == block)
    }
  }

  private static let text = """
    import math

    def area(r):
        return math.pi * r ** 2

    area(2)
    x = 1
    print(x)
    """

  private func prepared() throws -> ResultHarness {
    let results = try ResultHarness()
    results.run("def", lines: 3...4, source: "def area(r):\n    return math.pi * r ** 2")
    results.run("call", lines: 6...6, source: "area(2)")
    results.run("x", lines: 7...7, source: "x = 1")
    return results
  }

  private func sync(_ results: ResultHarness, _ text: String) async throws -> [String] {
    try await results.service.change { try AnchorChanges(tables: $0).sync("/a.py", text: text) }
    return try await results.anchors()
  }

  @Test func aTextThatIsTheSameChangesNothing() async throws {
    let results = try prepared()
    #expect(try await sync(results, Self.text) == ["def 3-4", "call 6-6", "x 7-7"])
    #expect(try await sync(results, Self.text.replacing("\n", with: "  \r\n")) == ["def 3-4", "call 6-6", "x 7-7"])
  }

  @Test func movedBlocksAreFound() async throws {
    let results = try prepared()
    #expect(try await sync(results, "import os\n\n# a line\n" + Self.text) == ["def 6-7", "call 9-9", "x 10-10"])
    let swapped = "x = 1\narea(2)\nif True:\n    def area(r):\n        return math.pi * r ** 2\n"
    #expect(try await sync(results, swapped) == ["x 1-1", "call 2-2", "def 4-5"])
  }

  /// A checkout of a branch without the block, and back.
  @Test func orphansComeBack() async throws {
    let results = try prepared()
    #expect(try await sync(results, "import os\nprint(os.name)\n") == ["def 3-4 orphaned", "call 6-6 orphaned", "x 7-7 orphaned"])
    #expect(try await sync(results, "# moved\n" + Self.text) == ["def 4-5", "call 7-7", "x 8-8"])
  }

  @Test func aChangedBlockIsEditedUntilItIsChangedBack() async throws {
    let results = try prepared()
    let changed = Self.text.replacing("x = 1", with: "x = 2").replacing("r ** 2", with: "r * r")
    #expect(try await sync(results, changed) == ["def 3-4 edited", "call 6-6", "x 7-7 edited"])
    #expect(try await sync(results, "\n" + changed) == ["def 4-5 edited", "call 7-7", "x 8-8 edited"])
    #expect(try await sync(results, Self.text) == ["def 3-4", "call 6-6", "x 7-7"])
  }

  /// Twice the same line: each result has its own.
  @Test func equalBlocksAreToldApart() async throws {
    let results = try ResultHarness()
    results.run("first", lines: 1...1, source: "step()")
    results.run("second", lines: 2...2, source: "step()")
    results.run("third", lines: 3...3, source: "step()")
    let anchors = try await sync(results, "a\nstep()\nstep()\nstep()\n")
    #expect(Set(anchors.map { $0.split(separator: " ").last }).count == 3)
    #expect(anchors.allSatisfy { !$0.contains("edited") && !$0.contains("orphaned") })
  }

  @Test func editsAreTakenInOrderAndAreRefusedWhenWrong() async throws {
    let results = try prepared()
    try await results.service.change {
      try AnchorChanges(tables: $0).edit(
        "/a.py", [LineEdit(firstLine: 1, lastLine: 0, lines: 2), LineEdit(firstLine: 9, lastLine: 9, lines: 0)])
    }
    #expect(try await results.anchors() == ["def 5-6", "call 8-8", "x 9-9 orphaned"])
    let error = await #expect(throws: PluginFailure.self) {
      try await results.service.change { try AnchorChanges(tables: $0).edit("/a.py", [LineEdit(firstLine: 4, lastLine: 2, lines: 0)]) }
    }
    #expect(
      error?.message
        == "cannot take the edit of lines 4 to 2 into 0 of '/a.py': lines count from 1, an insertion ends one before it begins, "
        + "and no fewer than 0 lines can stand there")
  }

  @Test func resultsSurviveARestartAndARename() async throws {
    let results = try prepared()
    results.run("other", lines: 1...1, document: "/dir/b.py")
    _ = try await results.anchors()
    let again = try results.restarted()
    #expect(try await again.anchors() == ["def 3-4", "call 6-6", "x 7-7"])
    #expect(try await again.outputs("call").map { $0["text"] } == ["out\n"])
    let moved = try await again.service.change { try AnchorChanges(tables: $0).rename("/a.py", to: "/dir/b.py") }
    #expect(moved == 3)
    #expect(try await again.anchors("/dir/b.py") == ["def 3-4", "call 6-6", "x 7-7"])
    let folder = try await again.service.change { try AnchorChanges(tables: $0).rename("/dir", to: "/é") }
    #expect(folder == 3)
    #expect(try await again.anchors("/é/b.py") == ["def 3-4", "call 6-6", "x 7-7"])
  }

  @Test func aSelectionWithinALineIsFresh() async throws {
    let results = try ResultHarness()
    results.run("r", lines: 2...2, source: "b + c")
    #expect(try await sync(results, "\na = b + c\n") == ["r 2-2"])
  }
}
