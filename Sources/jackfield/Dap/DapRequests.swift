// SPDX-License-Identifier: Apache-2.0
import DebugProtocol
import JSON

/// The requests that the proxy itself sends to the adapter: numbers them, and knows their responses again.
struct DapRequests {
  /// Editors count from one; nobody gets here, and it is a whole number of 32 bits for every adapter.
  private static let first: Int64 = 1 << 30

  private var last = Self.first
  private var open: Set<Int64> = []

  var isAwaitingResponse: Bool { !open.isEmpty }

  /// Says what became of a question.
  mutating func answer(to id: JSONValue, _ outcome: Result<JSONValue, DapRefusal>) -> DapFrame {
    request("customRequestResponse", ["requestId": id].merging(Self.members(outcome)) { $1 })
  }

  /// Says what became of an operation.
  mutating func submit(_ operation: JSONValue, _ outcome: Result<JSONValue, DapRefusal>) -> DapFrame {
    var arguments = Self.members(outcome)
    arguments["success"] = nil
    arguments["operationId"] = operation["operationId"] ?? .null
    arguments["resumeToken"] = operation["resumeToken"] ?? .null
    return request("asyncOperationSubmit", arguments)
  }

  /// Whether a response is to a request of ours; each has one.
  mutating func close(_ seq: Int64) -> Bool { open.remove(seq) != nil }

  private static func members(_ outcome: Result<JSONValue, DapRefusal>) -> [String: JSONValue] {
    switch outcome {
    case .success(let result): ["success": true, "result": result, "error": .null]
    case .failure(let refusal): ["success": false, "result": .null, "error": .string(refusal.description)]
    }
  }

  private mutating func request(_ command: String, _ arguments: [String: JSONValue]) -> DapFrame {
    last += 1
    open.insert(last)
    let message: JSONValue = ["seq": .integer(last), "type": "request", "command": .string(command), "arguments": .object(arguments)]
    return DapFrame(body: message.bytes())
  }
}

/// Why a question or an operation has no result.
struct DapRefusal: Error, Equatable, CustomStringConvertible {
  let description: String
}
