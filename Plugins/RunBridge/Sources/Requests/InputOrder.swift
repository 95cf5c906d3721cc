// SPDX-License-Identifier: Apache-2.0

internal import JSON

/// A script asks for a line of text: `bridge/input`.
struct InputOrder: Sendable {
  let prompt: String
  let preset: String?
  let isPassword: Bool

  /// - Throws: `RequestFailure` with what does not fit.
  init(_ params: JSONValue) throws(RequestFailure) {
    prompt = try params.neededText("prompt").clipped(Ask.longestText)
    isPassword = params["password"]?.boolValue ?? false
    let value = params["default"] ?? .null
    guard value == .null || value.stringValue != nil else { throw RequestFailure("the default must be a text") }
    preset = value.stringValue
  }

  func answer(_ ask: Ask) async throws -> JSONValue {
    var body: JSONValue = ["prompt": .string(prompt), "password": .bool(isPassword)]
    if let preset { body["default"] = .string(preset) }
    guard let answer = try await ask.front(.input, body) else {
      guard let preset else { throw Ask.nobody("ask for a text", ", or give the question a default") }
      return ["value": .string(preset)]
    }
    return ["value": answer["cancelled"] == true ? .null : answer["value"] ?? .null]
  }
}
