// SPDX-License-Identifier: Apache-2.0
import Testing

@testable import EditLine

@Suite struct ColumnsTests {
  @Test(
    arguments: [
      ([], 80, []),
      (["a"], 80, ["a"]),
      (["aa", "b", "cc", "d"], 8, ["aa  cc", "b   d"]),
      (["aa", "b", "cc"], 8, ["aa  cc", "b"]),
      (["longer than it is wide", "b"], 5, ["longer than it is wide", "b"]),
    ] as [([String], Int, [String])])
  func textsStandInColumns(texts: [String], width: Int, lines: [String]) {
    #expect(Columns.lines(texts, width: width) == lines)
  }

  @Test func manyAreCounted() {
    let lines = Columns.lines((0..<100).map { "name\($0)" }, width: 7)
    #expect(lines.count == Columns.mostRows + 1)
    #expect(lines.last == "… 100 in all")
  }

  @Test(
    arguments: [
      ([], ""), (["one"], "one"), (["range", "raise"], "ra"), (["a", "b"], ""), (["é1", "é2"], "é"),
    ] as [([String], String)])
  func commonIsWhatAllBeginWith(texts: [String], common: String) {
    #expect(Replacement(length: 0, texts: texts).common == common)
  }
}
