// SPDX-License-Identifier: Apache-2.0

internal import JSON

/// What an endpoint says of its own failure.
struct EndpointError: Error, Sendable, Hashable {
  let message: String
  /// Empty without one.
  let code: String

  /// Nil: the value holds no error.
  init?(_ value: JSONValue) {
    guard let error = value["error"], !error.isNull else { return nil }
    message = error.stringValue ?? error["message"]?.stringValue ?? ""
    let codes = [error["code"], error["type"], error["innererror"]?["code"]].compactMap { $0?.stringValue }
    code = codes.joined(separator: " ").lowercased()
  }

  /// Why the question was blocked; nil: it was not, something else went wrong.
  var blockedReason: String? {
    if code.contains("off_topic") { return "off_topic" }
    return code.contains("content_filter") || code.contains("content_policy") ? "content_filter" : nil
  }
}
