// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import PythonBlocks

/// Times the first pass and edits of one file; one line of JSON a row.
enum Measure {
  static func run(_ arguments: [String]) -> Int32 {
    guard let path = arguments.first, let data = FileManager.default.contents(atPath: path) else {
      print("usage: python-blocks measure FILE")
      return 64
    }
    let text = Array(data)
    let clock = ContinuousClock()
    var document = PythonDocument(utf8: text)
    let first = (0..<50).map { _ in clock.measure { document = PythonDocument(utf8: text) } }
    row("blocks first pass", first, document)
    row(
      "blocks edit of a line", edits(&document) { document, line in document.replaceLines(line..<line + 1, with: "x = \(line)\n") },
      document)
    row("blocks new line", edits(&document) { document, line in document.replaceLines(line..<line, with: "y = \(line)\n") }, document)
    row("blocks string opened", edits(&document) { document, line in document.replaceLines(line..<line, with: "'''\n") }, document)
    row("block of a line", edits(&document) { document, line in _ = document.block(atLine: line) }, document)
    return 0
  }

  private static func edits(_ document: inout PythonDocument, _ edit: (inout PythonDocument, Int) -> Void) -> [Duration] {
    let clock = ContinuousClock()
    var durations: [Duration] = []
    for step in 0..<500 {
      let line = (step * 7919) % document.lineCount
      let before = clock.now
      edit(&document, line)
      durations.append(clock.now - before)
    }
    return durations
  }

  private static func row(_ name: String, _ durations: [Duration], _ document: PythonDocument) {
    let sorted = durations.map { Double($0.components.attoseconds) / 1e12 }.sorted()
    let (median, worst) = (sorted[sorted.count / 2], sorted[sorted.count - 1])
    print("{\"name\": \"\(name)\", \"lines\": \(document.lineCount), \"microseconds\": \(median), \"worst\": \(worst)}")
  }
}
