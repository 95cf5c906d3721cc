// SPDX-License-Identifier: Apache-2.0

/// Which versions will do: bounds with a space between, all of which must hold, such as ">=0.1 <2"; "*" is any.
package struct VersionRange: Hashable, Sendable, CustomStringConvertible {
  private enum Bound: String, CaseIterable {
    // The longer ones first: that is the order of looking.
    case atLeast = ">="
    case atMost = "<="
    case above = ">"
    case below = "<"
    case exactly = "="
  }

  private struct Condition: Hashable {
    var bound: Bound
    var version: SemanticVersion
  }

  /// As it was written.
  package let description: String
  private let conditions: [Condition]

  /// - Returns: nil when the text is no range.
  package init?(_ text: String) {
    description = text
    if text == "*" {
      conditions = []
      return
    }
    let parts = text.split(separator: " ")
    conditions = parts.compactMap { part in
      guard let bound = Bound.allCases.first(where: { part.hasPrefix($0.rawValue) }),
        let version = SemanticVersion(String(part.dropFirst(bound.rawValue.count)), numberCount: 1...3)
      else { return nil }
      return Condition(bound: bound, version: version)
    }
    guard !parts.isEmpty, conditions.count == parts.count, parts.count <= 10 else { return nil }
  }

  package func contains(_ version: SemanticVersion) -> Bool {
    conditions.allSatisfy { condition in
      switch condition.bound {
      case .atLeast: version >= condition.version
      case .atMost: version <= condition.version
      case .above: version > condition.version
      case .below: Self.isBelow(version, condition.version)
      case .exactly: version == condition.version
      }
    }
  }

  /// "<2" leaves out 2.0.0-beta, which already behaves as 2.
  private static func isBelow(_ version: SemanticVersion, _ bound: SemanticVersion) -> Bool {
    bound.prerelease.isEmpty ? version.numbers.lexicographicallyPrecedes(bound.numbers) : version < bound
  }
}
