// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials

/// The code blocks of a page.
struct Markdown {
  struct Block {
    /// The heading it stands below.
    var heading: String
    /// The last line before it, without the empty one between.
    var lead: String
    /// What stands behind the opening fence, such as "sh".
    var info: String
    var text = ""
  }

  let blocks: [Block]

  init(file path: String) throws {
    var blocks: [Block] = []
    var open: Block?
    var (heading, lead) = ("", "")
    for line in try String(contentsOf: URL(filePath: path), encoding: .utf8).split(separator: "\n", omittingEmptySubsequences: false) {
      if line == "```", let block = open {
        blocks.append(block)
        open = nil
      } else if open != nil {
        open?.text += line + "\n"
      } else if line.hasPrefix("```") {
        open = Block(heading: heading, lead: lead, info: String(line.dropFirst(3)))
      } else if line.hasPrefix("#") {
        heading = String(line.drop { $0 == "#" || $0 == " " })
      } else if !line.isEmpty {
        lead = String(line)
      }
    }
    self.blocks = blocks
  }

  func texts(_ info: String) -> [String] { blocks.filter { $0.info == info }.map(\.text) }
}
