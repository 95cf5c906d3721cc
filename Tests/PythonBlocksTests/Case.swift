// SPDX-License-Identifier: Apache-2.0

import PythonBlocks
import Testing

/// A text, a line of it, and the block the line belongs to; lines from 0.
struct Case: Sendable, CustomTestStringConvertible {
  var number: Int
  var name: String
  var text: String
  var line: Int
  var kind: BlockKind
  var lines: ClosedRange<Int>

  init(_ number: Int, _ name: String, _ text: String, _ line: Int, _ kind: BlockKind, _ lines: ClosedRange<Int>) {
    (self.number, self.name, self.text, self.line, self.kind, self.lines) = (number, name, text, line, kind, lines)
  }

  var testDescription: String { "\(number): \(name)" }
}
