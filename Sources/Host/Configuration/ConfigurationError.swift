// SPDX-License-Identifier: Apache-2.0

/// Everything that is wrong with the configuration, at once.
package struct ConfigurationError: Error, Hashable, Sendable, CustomStringConvertible {
  /// At least one.
  package let problems: [ConfigurationProblem]

  package init(problems: [ConfigurationProblem]) {
    self.problems = problems
  }

  /// One sentence a line.
  package var description: String { problems.map(\.message).joined(separator: "\n") }
}

/// One thing that is wrong with the configuration.
package struct ConfigurationProblem: Hashable, Sendable, CustomStringConvertible {
  package enum Code: String, Hashable, Sendable {
    /// The file cannot be read.
    case unreadable
    /// The text is not JSON5.
    case syntax
    /// A key or value is not allowed.
    case value
    /// A secret cannot be had.
    case secret
    /// No plugin of that id is there.
    case unknownPlugin
  }

  package let code: Code
  package let path: JSONPath
  package let location: SourceLocation?
  /// One sentence: what, where, and the cure.
  package let message: String

  package init(_ code: Code, path: JSONPath = JSONPath(), location: SourceLocation? = nil, message: String) {
    self.code = code
    self.path = path
    self.location = location
    self.message = message
  }

  package var description: String { message }
}
