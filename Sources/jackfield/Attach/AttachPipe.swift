// SPDX-License-Identifier: Apache-2.0
import JSON

/// A program as a front: one JSON object a line, both ways.
final class AttachPipe {
  private let link: FrontLink
  private let isOnce: Bool
  private let typed = TypedLine()
  private var ending: Int32?

  init(_ link: FrontLink, isOnce: Bool) {
    self.link = link
    self.isOnce = isOnce
  }

  /// - Returns: The exit status.
  func run() throws -> Int32 {
    while ending == nil {
      // Answers that came before the front was known have to wait for it.
      switch try link.next(hearsInput: link.front != nil) {
      case .chunk(let chunk): Terminal.printLine(chunk)
      case .typed: takeLines()
      case .lost(let sentence): Terminal.printLine(["lost": .string(sentence)])
      case .interrupted: ending = SystemExit.interrupted
      }
    }
    return ending ?? SystemExit.ok
  }

  private func takeLines() {
    var step = typed.read()
    while ending == nil {
      switch step {
      case .unfinished: return
      case .end: ending = SystemExit.ok
      case .line(let line):
        if !line.trimmed.isEmpty { take(line) }
        step = typed.waiting()
      }
    }
  }

  private func take(_ line: String) {
    guard let answer = try? JSONValue(parsing: line), let question = answer["question"]?.intValue,
      let member = ["result", "error", "part"].first(where: { answer[$0] != nil }), let value = answer[member]
    else {
      return Terminal.printLine([
        "refused": .string("cannot read the line: write {\"question\": NUMBER, \"result\": {…}}, or \"error\" or \"part\"")
      ])
    }
    if let failure = link.answer(question, member, value) {
      Terminal.printLine(["refused": .string(failure.description), "question": .integer(Int64(question))])
    } else if isOnce, member != "part" {
      ending = SystemExit.ok
    }
  }
}
