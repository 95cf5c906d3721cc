// SPDX-License-Identifier: Apache-2.0

internal import JSON

/// An open comm of a kernel, with what it said last, so that somebody who comes late can join.
struct CommState: Sendable {
  var target: String
  /// The latest value of each member of its state.
  var state: [String: JSONValue] = [:]
}
