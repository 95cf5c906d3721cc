// SPDX-License-Identifier: Apache-2.0

import PythonBlocks

/// Attacks block detection with texts that are nearly Python, and says which promise broke for which text.
///
/// Promises: nothing crashes; a block holds its line; every line of code is in exactly one part of a split; what an edit leaves is what reading
/// all of it again would give; a statement taken out of its surroundings is still that statement; no answer looks at a line more than a few times.
enum Fuzzer {
  struct Broken: Error {
    var promise: String
    var text: String
  }

  static func run(_ arguments: [String]) -> Int32 {
    let seed = option("--seed", arguments) ?? UInt64.random(in: 0...UInt64.max)
    let seconds = option("--seconds", arguments) ?? 30
    print("seed \(seed), \(seconds) s; --seed \(seed) repeats it")
    var mutator = Mutator(generator: SeededGenerator(seed: seed))
    let clock = ContinuousClock()
    let end = clock.now + .seconds(Int64(seconds))
    var (texts, lines) = (0, 0)
    do {
      try proveLinear()
      while clock.now < end {
        lines += try attack(&mutator)
        texts += 1
      }
    } catch {
      print("broken after \(texts) texts: \(error.promise)\n\(error.text.debugDescription)")
      return 1
    }
    print("\(texts) texts, \(lines) lines: no promise broken")
    return 0
  }

  private static func option(_ name: String, _ arguments: [String]) -> UInt64? {
    arguments.firstIndex(of: name).flatMap { $0 + 1 < arguments.count ? UInt64(arguments[$0 + 1]) : nil }
  }

  private static func attack(_ mutator: inout Mutator) throws(Broken) -> Int {
    var document = PythonDocument(mutator.text(atMost: 40))
    try checkAnswers(document)
    for _ in 0..<mutator.number(below: 12) {
      let before = document
      let first = mutator.number(below: document.lineCount + 2)
      let range = first..<first + mutator.number(below: 4)
      let text = mutator.number(below: 3) == 0 ? "" : mutator.text(atMost: 3)
      document.replaceLines(range, with: text)
      if let difference = document.difference(from: PythonDocument(document.text)) {
        throw Broken(promise: "lines \(range) replaced by \(text.debugDescription): \(difference)", text: before.text)
      }
    }
    try checkAnswers(document)
    return document.lineCount
  }

  // MARK: - Promises

  private static func checkAnswers(_ document: PythonDocument) throws(Broken) {
    for line in 0...document.lineCount + 1 {
      for mode in BlockMode.allCases {
        try check(document, line, mode, document.block(atLine: line, mode: mode))
        for policy in [BlankPolicy.next, .previous] { _ = document.block(atLine: line, mode: mode, blank: policy) }
      }
    }
    try checkSplit(document)
    try checkCells(document)
  }

  private static func check(_ document: PythonDocument, _ line: Int, _ mode: BlockMode, _ block: Block) throws(Broken) {
    func broken(_ promise: String) -> Broken { Broken(promise: "line \(line), \(mode): \(promise); \(block)", text: document.text) }
    guard block.lines.contains(line) else { throw broken("the block does not hold the line") }
    guard block.lines.upperBound < document.lineCount || block.kind == .blank else { throw broken("the block goes past the end") }
    guard (block.failure != nil) == (block.kind == .invalid || block.kind == .incomplete) else { throw broken("kind and failure disagree") }
    if let failure = block.failure, failure.line < block.lines.lowerBound { throw broken("the failure is above") }
    let code = document.code(of: block)
    if block.kind == .statement {
      let alone = PythonDocument(code)
      let again = alone.block(atLine: 0)
      guard again.kind == .statement, again.lines == 0...block.lines.count - 1 else {
        throw broken("alone it is \(again): \(code.debugDescription)")
      }
    }
    for isTop in [false, true] where document.visits(atLine: line, isTop: isTop) > 12 * (document.lineCount + 2) {
      throw broken("\(document.visits(atLine: line, isTop: isTop)) lines looked at")
    }
  }

  private static func checkSplit(_ document: PythonDocument) throws(Broken) {
    guard document.lineCount > 0 else { return }
    var last = -1
    for block in document.split(0...document.lineCount - 1) {
      let start = document.nextCodeLine(after: last)
      guard start == block.lines.lowerBound else {
        throw Broken(promise: "the split leaves line \(start ?? -1) out before \(block)", text: document.text)
      }
      last = block.lines.upperBound
    }
    if let left = document.nextCodeLine(after: last) { throw Broken(promise: "the split ends before line \(left)", text: document.text) }
  }

  private static func checkCells(_ document: PythonDocument) throws(Broken) {
    var next: Int?
    for cell in document.cells {
      if let next, cell.lines.lowerBound != next { throw Broken(promise: "cells leave line \(next) out", text: document.text) }
      next = cell.lines.upperBound + 1
      for block in document.statements(of: cell) where !cell.lines.contains(block.lines.upperBound) {
        throw Broken(promise: "\(block) leaves its cell", text: document.text)
      }
    }
    if let next, next != document.lineCount { throw Broken(promise: "cells end at line \(next)", text: document.text) }
  }

  // MARK: - Size

  /// Texts on which a careless detector takes quadratic time: work is counted, not timed.
  private static func proveLinear() throws(Broken) {
    let count = 100_000
    let nested = (0..<1_000).map { String(repeating: " ", count: $0) + "if a:\n" }.joined() + String(repeating: " ", count: 1_000) + "x\n"
    let texts = [
      "one long line": "x = '" + String(repeating: "a", count: 1 << 20) + "'\n", "brackets": String(repeating: "(", count: count) + "\n",
      "bracket lines": String(repeating: "(\n", count: count), "nested blocks": nested,
      "decorators": String(repeating: "@a\n", count: count),
      "clauses": "if a: b\n" + String(repeating: "elif a: b\n", count: count),
      "loose clauses": String(repeating: "else: b\n", count: count),
      "cases": "match a:\n" + String(repeating: " case b: c\n", count: count), "backslashes": String(repeating: "\\\n", count: count),
      "strings": String(repeating: "'''\n", count: count), "fields": "f'" + String(repeating: "{f'", count: count) + "\n",
      "specifications": "f'" + String(repeating: "{a:", count: count) + "\n", "blank lines": String(repeating: "\n", count: count) + "x\n",
      "quotes": String(repeating: "'", count: count) + "\n", "named": "f'" + String(repeating: "\\N{", count: count) + "'\n",
      "markers": String(repeating: "# %%\n", count: count), "cell magics": String(repeating: "%%a\n", count: count),
      "async": String(repeating: "async", count: 1) + String(repeating: " \\\n", count: count),
    ]
    for (name, text) in texts.sorted(by: { $0.key < $1.key }) { try proveLinear(name, text) }
  }

  private static func proveLinear(_ name: String, _ text: String) throws(Broken) {
    let document = PythonDocument(text)
    let limit = 12 * (document.lineCount + 2)
    guard document.bytesRead <= text.utf8.count + 1 else { throw Broken(promise: "\(name): \(document.bytesRead) bytes read", text: name) }
    guard document.visitsOfSplit <= limit else {
      throw Broken(promise: "\(name): the split looks at \(document.visitsOfSplit) lines", text: name)
    }
    for line in [0, document.lineCount / 2, document.lineCount - 1] {
      _ = document.block(atLine: line)
      for isTop in [false, true] where document.visits(atLine: line, isTop: isTop) > limit {
        throw Broken(promise: "\(name): line \(line) looks at \(document.visits(atLine: line, isTop: isTop)) lines", text: name)
      }
    }
    _ = document.cells
  }
}
