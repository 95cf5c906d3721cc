// SPDX-License-Identifier: Apache-2.0

internal import JSON

/// Writes what scripts are told. Each is one JSON object: their readers bear nothing else.
enum WireFrame {
  /// - Parameter result: What is no object is wrapped in one, for callers look for members in it.
  static func answer(_ id: JSONValue, _ result: JSONValue) -> [UInt8] {
    JSONValue.object(["id": id, "success": true, "result": object(result)]).bytes()
  }

  static func failure(_ id: JSONValue, _ reason: String) -> [UInt8] {
    JSONValue.object(["id": id, "success": false, "error": .string(reason.isEmpty ? "Unknown error" : reason)]).bytes()
  }

  static func part(_ id: JSONValue, _ part: JSONValue) -> [UInt8] {
    JSONValue.object(["type": "part", "id": id, "part": object(part)]).bytes()
  }

  static func submit(_ submit: OperationSubmit) -> [UInt8] {
    let body: JSONValue = .object([
      "operationId": submit.operation, "resumeToken": submit.resumeToken.map { .string($0) } ?? .null, "result": submit.result,
      "error": submit.error.map { .string($0) } ?? .null,
    ])
    return JSONValue.object(["type": "dapEvent", "event": "asyncOperationSubmit", "body": body]).bytes()
  }

  private static func object(_ value: JSONValue) -> JSONValue {
    switch value {
    case .object: value
    case .null: .object([:])
    case .bool, .integer, .number, .string, .array: .object(["result": value])
    }
  }
}
