// SPDX-License-Identifier: Apache-2.0
// What a plugin hands to the host, judged as a real host does before it copies anything.

internal import PluginAPI
internal import PluginSDK

/// A value from a plugin, and what is wrong with it.
struct Taken<Value> {
  let value: Value
  let misuse: Misuse?
}

/// A rule that a plugin broke towards the host.
struct Misuse: Sendable {
  let status: PluginFailure.Status
  let finding: Finding

  static func tooLarge(_ what: String, _ length: UInt64, limit: Int) -> Misuse {
    Misuse(
      status: .tooLarge,
      finding: Finding(
        rule: "nothing is over the host's limits", seen: "\(what) has \(length) bytes, the limit is \(limit)",
        fix: "send less at once, or in chunks"))
  }

  static func notUTF8(_ what: String) -> Misuse {
    Misuse(
      status: .invalid,
      finding: Finding(
        rule: "text and JSON are UTF-8", seen: "\(what) is not", fix: "check or repair it before it leaves the plugin"))
  }

  static func noData(_ what: String, _ length: UInt64) -> Misuse {
    Misuse(
      status: .invalid,
      finding: Finding(
        rule: "'data' is NULL only when 'length' is 0", seen: "\(what) has \(length) bytes at NULL",
        fix: "say length 0 where there is nothing"))
  }
}

/// Limits of the contract, in bytes.
enum Limit {
  static let payload = 16 << 20
  static let event = 64 << 20
  static let note = 4 << 10
  static let message = 8 << 10
  static let values = 64 << 10
  static let name = 200
}

func take(_ bytes: jf_bytes, _ content: UInt32 = UInt32(JF_CONTENT_JSON), limit: Int, as what: String) -> Taken<Payload> {
  let content = Content(rawValue: content)
  let length = unsafe bytes.length
  let empty = Payload(bytes: [], content: content)
  guard length <= limit else { return Taken(value: empty, misuse: .tooLarge(what, length, limit: limit)) }
  guard unsafe bytes.data != nil || length == 0 else { return Taken(value: empty, misuse: .noData(what, length)) }
  let payload = unsafe Payload(bytes: [UInt8](bytes: bytes), content: content)
  let isText = content != .json || String(validating: payload.bytes, as: UTF8.self) != nil
  return Taken(value: payload, misuse: isText ? nil : .notUTF8(what))
}

func take(_ text: jf_text, limit: Int, as what: String) -> Taken<String> {
  let length = unsafe text.length
  guard length <= limit else { return Taken(value: "", misuse: .tooLarge(what, length, limit: limit)) }
  guard unsafe text.data != nil || length == 0 else { return Taken(value: "", misuse: .noData(what, length)) }
  let string = unsafe String(text: text)
  let isText = unsafe UnsafeRawBufferPointer(start: text.data, count: Int(length)).elementsEqual(string.utf8)
  return Taken(value: string, misuse: isText ? nil : .notUTF8(what))
}
