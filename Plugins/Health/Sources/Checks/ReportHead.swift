// SPDX-License-Identifier: Apache-2.0

/// The first lines of a trainer's report: "Run: NAME", "Step: N | Epoch: N".
struct ReportHead: Sendable, Equatable {
  var run: String?
  var step: Int?
  var epoch: Int?

  init(_ text: String) {
    for line in text.prefix(4_096).split(separator: "\n", maxSplits: 3).prefix(2) {
      if line.hasPrefix("Run: ") { run = String(line.dropFirst(5)) }
      for part in line.split(separator: "|") {
        let words = part.split(separator: " ")
        guard words.count == 2 else { continue }
        if words[0] == "Step:" { step = Int(words[1]) }
        if words[0] == "Epoch:" { epoch = Int(words[1]) }
      }
    }
  }
}
