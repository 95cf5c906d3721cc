// SPDX-License-Identifier: Apache-2.0

internal import JSON

/// What the pump needs to know of a line, found in one walk over its members.
struct LinePeek {
  var type: JSONElement?
  var session: JSONElement?
  var run: JSONElement?
  var id: JSONElement?
  var isOK: Bool?
  var seq: Int64?
  var step: Int64?

  init(_ line: JSONElement) {
    line.forEachMemberBytes { name, value in
      switch name.count {
      case 2:
        if name.equals("id") { id = value } else if name.equals("ok") { isOK = value.bool }
      case 4:
        if name.equals("type") { type = value } else if name.equals("step") { step = value.int }
      case 6: if name.equals("run_id") { run = value }
      case 9: if name.equals("event_seq") { seq = value.int }
      case 10: if name.equals("session_id") { session = value }
      default: break
      }
    }
  }
}

extension Span<UInt8> {
  /// Whether the bytes are exactly that text.
  func equals(_ text: StaticString) -> Bool {
    guard count == text.utf8CodeUnitCount else { return false }
    return unsafe withUnsafeBytes { unsafe $0.elementsEqual(UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)) }
  }
}
