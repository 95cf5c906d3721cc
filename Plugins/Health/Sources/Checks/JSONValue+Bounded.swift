// SPDX-License-Identifier: Apache-2.0

internal import JSON

extension JSONValue {
  static let mostElements = 200
  private static let mostTextBytes = 2_000

  /// A copy that cannot be large: long arrays, objects and texts are cut, what lies deep is left out.
  func bounded(depth: Int = 6) -> JSONValue {
    switch self {
    case .null, .bool, .integer, .number: self
    case .string(let text): .string(text.clipped(Self.mostTextBytes))
    case .array(let elements):
      depth == 0 ? .null : .array(elements.prefix(Self.mostElements).map { $0.bounded(depth: depth - 1) })
    case .object(let members):
      depth == 0 || members.count > Self.mostElements ? .null : .object(members.mapValues { $0.bounded(depth: depth - 1) })
    }
  }
}
