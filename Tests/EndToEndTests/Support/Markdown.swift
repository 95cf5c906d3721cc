// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials

/// The code blocks of a page.
struct Markdown {
  struct Block {
    /// What stands behind the opening fence, such as "sh".
    var info: String
    var text: String
  }

  let blocks: [Block]

  init(file path: String) throws {
    var blocks: [Block] = []
    var open: Block?
    for line in try String(contentsOf: URL(filePath: path), encoding: .utf8).split(separator: "\n", omittingEmptySubsequences: false) {
      if line == "```", let block = open {
        blocks.append(block)
        open = nil
      } else if open != nil {
        open?.text += line + "\n"
      } else if line.hasPrefix("```") {
        open = Block(info: String(line.dropFirst(3)), text: "")
      }
    }
    self.blocks = blocks
  }

  func texts(_ info: String) -> [String] { blocks.filter { $0.info == info }.map(\.text) }
}

/// What somebody types, and what comes: "$ " before each command, its output below.
struct Session {
  struct Step {
    var command: String
    var output: String
  }

  let steps: [Step]

  init(_ text: String) {
    var steps: [Step] = []
    for line in text.split(separator: "\n") {
      if line.hasPrefix("$ ") {
        steps.append(Step(command: String(line.dropFirst(2)), output: ""))
      } else if !steps.isEmpty {
        steps[steps.count - 1].output += line + "\n"
      }
    }
    self.steps = steps
  }
}
