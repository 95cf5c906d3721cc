// SPDX-License-Identifier: Apache-2.0

/// Versions that will do, such as ">=0.1 <2": conditions separated by spaces, all of which must hold. "*" is any version, a bare
/// version is just that one.
package struct VersionRange: Hashable, Sendable, CustomStringConvertible {
  private enum Relation: String, CaseIterable {
    // Longer ones first: they are tried in this order.
    case atLeast = ">="
    case atMost = "<="
    case above = ">"
    case below = "<"
    case equal = "="
  }

  private struct Condition: Hashable {
    let relation: Relation
    let version: SemanticVersion
  }

  package let description: String
  private let conditions: [Condition]

  /// nil for anything that is no range.
  package init?(_ text: String) {
    description = text
    let words = text.split(separator: " ")
    if words == ["*"] {
      conditions = []
      return
    }
    conditions = words.compactMap(Self.condition)
    guard !conditions.isEmpty, conditions.count == words.count else { return nil }
  }

  package func contains(_ version: SemanticVersion) -> Bool {
    conditions.allSatisfy { condition in
      switch condition.relation {
      case .atLeast: version >= condition.version
      case .atMost: version <= condition.version
      case .above: version > condition.version
      case .below: version < condition.version
      case .equal: version == condition.version
      }
    }
  }

  private static func condition(_ word: Substring) -> Condition? {
    let relation = Relation.allCases.first { word.hasPrefix($0.rawValue) }
    let rest = word.dropFirst(relation?.rawValue.count ?? 0)
    return SemanticVersion(String(rest)).map { Condition(relation: relation ?? .equal, version: $0) }
  }
}
