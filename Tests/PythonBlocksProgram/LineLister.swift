// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import PythonBlocks

/// Tells the block of every line of the files whose paths come on standard input.
///
/// For each: `PATH COUNT`, then one line a line, `FIRST LAST KIND`, lines counted from 0.
enum LineLister {
  static func run() {
    while let path = readLine() {
      guard let data = FileManager.default.contents(atPath: path) else {
        print("\(path) -1")
        continue
      }
      let document = PythonDocument(utf8: Array(data))
      var answer = "\(path) \(document.lineCount)\n"
      for line in 0..<document.lineCount {
        let block = document.block(atLine: line)
        answer += "\(block.lines.lowerBound) \(block.lines.upperBound) \(block.kind.rawValue)\n"
      }
      print(answer, terminator: "")
    }
  }
}
