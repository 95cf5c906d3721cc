// SPDX-License-Identifier: Apache-2.0

/// One value bound to a statement.
enum SQLParameter: Sendable, Hashable {
  case integer(Int64)
  case number(Double)
  case text(String)
  case null

  init(_ value: Int64?) { self = value.map { .integer($0) } ?? .null }
  init(_ value: Double?) { self = value.map { .number($0) } ?? .null }
  init(_ value: String?) { self = value.map { .text($0) } ?? .null }
}
