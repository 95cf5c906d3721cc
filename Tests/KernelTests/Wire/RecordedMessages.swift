// SPDX-License-Identifier: Apache-2.0

import Foundation
import JSON

@testable import Kernel

/// What crossed between a client and a real ipykernel; see Tests/Fixtures/capture-kernel-messages.py.
struct RecordedMessages {
  struct Message: Sendable {
    let channel: KernelChannel
    let isSent: Bool
    let frames: [[UInt8]]
  }

  struct Vector: Sendable {
    let key: String
    let texts: [[UInt8]]
    let signature: String
  }

  let key: String
  let messages: [Message]
  let signatures: [Vector]

  static let all: RecordedMessages = {
    let file = TestPlaces.root.appending(path: "Tests/Fixtures/kernel-messages.json")
    return try! RecordedMessages(JSONValue(parsing: Array(Data(contentsOf: file))))
  }()

  init(_ recorded: JSONValue) throws {
    key = recorded["key"]?.stringValue ?? ""
    messages = Self.elements(recorded["messages"]).map {
      Message(
        channel: KernelChannel(rawValue: $0["channel"]?.stringValue ?? "")!, isSent: $0["sent"] == .bool(true),
        frames: Self.elements($0["frames"]).map(Self.bytes))
    }
    signatures = Self.elements(recorded["signatures"]).map {
      Vector(
        key: $0["key"]?.stringValue ?? "", texts: Self.elements($0["texts"]).map(Self.bytes), signature: $0["signature"]?.stringValue ?? "")
    }
  }

  private static func elements(_ value: JSONValue?) -> [JSONValue] {
    if case .array(let elements) = value { elements } else { [] }
  }

  private static func bytes(_ hexadecimal: JSONValue) -> [UInt8] {
    let digits = Array((hexadecimal.stringValue ?? "").utf8)
    return stride(from: 0, to: digits.count, by: 2).map { UInt8(String(decoding: digits[$0...($0 + 1)], as: UTF8.self), radix: 16)! }
  }
}
