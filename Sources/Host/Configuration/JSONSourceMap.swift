// SPDX-License-Identifier: Apache-2.0
// Where in a JSON or JSON5 text each key and value stands. It makes no values: those come from a real parser, and what this
// adds is the line and column that parser does not tell.

package struct JSONSourceMap: Sendable {
  package enum Dialect: Sendable {
    case json
    /// With comments, unquoted keys, single quotes, trailing commas.
    case json5
  }

  /// The first thing that cannot be read.
  package struct Fault: Error, Hashable, Sendable {
    package var position: SourcePosition
    /// "a comma or '}' is missing".
    package var message: String
  }

  package private(set) var keys: [JSONPath: SourcePosition] = [:]
  package private(set) var values: [JSONPath: SourcePosition] = [:]
  /// Keys that stand twice in one object, with the second place.
  package private(set) var repeated: [(path: JSONPath, position: SourcePosition)] = []

  package init(_ text: [UInt8], dialect: Dialect) throws(Fault) {
    var scanner = JSONScanner(text, dialect: dialect)
    try scanner.document()
    keys = scanner.keys
    values = scanner.values
    repeated = scanner.repeated
  }

  /// The place to name for a problem: its own, or the nearest one around it.
  package func position(of problem: JSONProblem) -> SourcePosition? {
    if problem.isKey, let position = keys[problem.path] { return position }
    var path: JSONPath? = problem.path
    while let current = path {
      if let position = values[current] { return position }
      path = current.parent
    }
    return nil
  }
}
