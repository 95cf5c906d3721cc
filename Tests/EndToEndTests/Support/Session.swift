// SPDX-License-Identifier: Apache-2.0
import Testing

/// What somebody types, and what comes: "$ " before each command, its output below. A line "…" stands for any lines, and "…" at the end
/// of a line for anything behind it.
struct Session {
  struct Step {
    var command: String
    var output: [String] = []

    func fits(_ lines: ArraySlice<Substring>) -> Bool { Self.fits(output[...], lines) }

    private static func fits(_ expected: ArraySlice<String>, _ lines: ArraySlice<Substring>) -> Bool {
      guard let first = expected.first else { return lines.isEmpty }
      if first == "…" {
        return (lines.startIndex...lines.endIndex).contains { fits(expected.dropFirst(), lines[$0...]) }
      }
      guard let line = lines.first else { return false }
      let isEqual = first.hasSuffix("…") ? line.hasPrefix(first.dropLast()) : line == first
      return isEqual && fits(expected.dropFirst(), lines.dropFirst())
    }
  }

  private(set) var steps: [Step] = []

  init(_ text: String) {
    for line in text.split(separator: "\n") {
      if line.hasPrefix("$ ") {
        steps.append(Step(command: String(line.dropFirst(2))))
      } else if !steps.isEmpty {
        steps[steps.count - 1].output.append(String(line))
      }
    }
  }

  /// Types all of it into one shell; an issue for each step that comes out otherwise.
  func expectAsTyped(into shell: Shell) throws {
    let mark = "\u{1E}"
    let outcome = try shell.run(steps.map { "\($0.command)\nprintf '\(mark)'\n" }.joined())
    let outputs = outcome.output.split(separator: Character(mark), omittingEmptySubsequences: false)
    #expect(!steps.isEmpty && outputs.count == steps.count + 1, "ended with \(outcome.status): \(outcome.output)\(outcome.error)")
    for (step, output) in zip(steps, outputs) {
      let lines = output.split(separator: "\n", omittingEmptySubsequences: false)
      // What was printed ends with a newline.
      #expect(step.fits(lines.last == "" ? lines.dropLast() : lines[...]), "'\(step.command)' printed: \(output)")
    }
  }
}
