// SPDX-License-Identifier: Apache-2.0

/// A place in a text, both counted from 1; columns count characters, a tab is one.
package struct SourcePosition: Hashable, Sendable, CustomStringConvertible {
  package var line: Int
  package var column: Int

  package init(line: Int, column: Int) {
    self.line = line
    self.column = column
  }

  package var description: String { "\(line):\(column)" }
}

/// A place in a file.
package struct SourceLocation: Hashable, Sendable, CustomStringConvertible {
  package var file: String
  package var position: SourcePosition?

  package init(file: String, position: SourcePosition? = nil) {
    self.file = file
    self.position = position
  }

  package var description: String { position.map { "\(file):\($0)" } ?? file }
}
