// SPDX-License-Identifier: Apache-2.0

internal import JSON

extension JSONValue {
  /// A number or null.
  init(_ value: Double?) { self = value.map { .number($0) } ?? .null }
  /// A whole number or null.
  init(_ value: Int64?) { self = value.map { .integer($0) } ?? .null }
  /// A text or null.
  init(_ value: String?) { self = value.map { .string($0) } ?? .null }
}
