// SPDX-License-Identifier: Apache-2.0
import JSON
import PluginBridge

/// Parses lines and payloads, reusing its buffers for those of the usual size; a large one's buffers are let go again.
final class ControlParser {
  private static let usualBytes = 1 << 18
  private let usual = JSONParser()

  func parse(_ text: [UInt8]) throws(JSONError) -> JSONElement {
    try (text.count <= Self.usualBytes ? usual : JSONParser()).parse(text)
  }

  /// A payload as one line of JSON, and what it is if not JSON: "bytes", "cbor".
  func embed(_ payload: [UInt8], _ content: Content) -> (text: [UInt8], content: String?) {
    if content == .json, let text = json(payload) { return (text, nil) }
    return (JSONText.base64(payload), content == .json ? Content.bytes.name : content.name)
  }

  /// nil when the payload is not JSON. An empty one is null.
  func json(_ payload: [UInt8]) -> [UInt8]? {
    if payload.isEmpty { return Array("null".utf8) }
    guard (try? parse(payload)) != nil else { return nil }
    return JSONText.oneLine(payload)
  }
}

extension Content {
  fileprivate var name: String {
    switch self {
    case .json: "json"
    case .bytes: "bytes"
    case .cbor: "cbor"
    default: "content_\(rawValue)"
    }
  }
}
