// SPDX-License-Identifier: Apache-2.0

/// A schema that is none, in one sentence.
package struct JSONSchemaError: Error, Hashable, Sendable, CustomStringConvertible {
  /// Inside the schema.
  package let path: JSONPath
  package let expected: String

  package var description: String { "the schema\(path.isTop ? "" : "'s '\(path)'") must be \(expected)" }
}
