// SPDX-License-Identifier: Apache-2.0

internal import JSON

extension RunDescription {
  /// As answers and lists show it.
  var value: JSONValue {
    var members: [String: JSONValue] = [
      "run": .string(id), "kernel": .string(kernel), "client": .string(client), "queued": .number(queued),
    ]
    if let document { members["document"] = .string(document) }
    if let lines {
      members["first_line"] = .integer(Int64(lines.lowerBound))
      members["last_line"] = .integer(Int64(lines.upperBound))
    }
    return .object(members)
  }
}
