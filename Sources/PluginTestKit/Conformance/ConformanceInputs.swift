// SPDX-License-Identifier: Apache-2.0

package import PluginSDK

/// What commands are given.
package struct ConformanceInputs: Sendable {
  /// Input as a command's schema wants it.
  package var example: @Sendable (_ command: String) -> Payload
  /// Input that nobody should send, and somebody will.
  package var junk: @Sendable (_ command: String) -> [Payload]

  package init(example: @escaping @Sendable (String) -> Payload, junk: @escaping @Sendable (String) -> [Payload]) {
    self.example = example
    self.junk = junk
  }

  /// The same for every command.
  static let standard = ConformanceInputs(example: { _ in .emptyObject }, junk: { _ in always })

  /// What is wrong for every command, or nearly.
  package static let always: [Payload] =
    ["", "null", "{}", "[]", "{", "\"\u{1F600}\"", #"{"no_such_key":-1e308,"":[[]]}"#].map { Payload(bytes: Array($0.utf8)) }
    + [
      .junk([0xff, 0xfe, 0x00]), Payload(bytes: nested(600)), Payload(bytes: nested(100_000)),
      Payload(bytes: Array("\"\(String(repeating: "x", count: 100_000))\"".utf8)),
      Payload(bytes: Array("{}".utf8), content: .bytes), Payload(bytes: [0xa0], content: .cbor),
      Payload(bytes: Array("{}".utf8), content: Content(rawValue: 4_711)),
    ]

  private static func nested(_ depth: Int) -> [UInt8] {
    Array(repeating: UInt8(ascii: "["), count: depth) + Array(repeating: UInt8(ascii: "]"), count: depth)
  }
}

extension Payload {
  /// Bytes that somebody may send. No host passes on as JSON what is not UTF-8.
  package static func junk(_ bytes: [UInt8]) -> Payload {
    Payload(bytes: bytes, content: String(validating: bytes, as: UTF8.self) == nil ? .bytes : .json)
  }
}
