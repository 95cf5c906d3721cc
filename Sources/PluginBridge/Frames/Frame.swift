// SPDX-License-Identifier: Apache-2.0

/// One frame as it was read: the fixed part, and bytes of its own.
package struct Frame: Sendable {
  package var kind: FrameKind
  package var call: CallID = 0
  package var a: UInt64 = 0
  package var b: UInt64 = 0
  package var c: UInt64 = 0
  package var content = Content.json
  package var name = ""
  package var payload: [UInt8] = []

  package init(
    _ kind: FrameKind, call: CallID = 0, a: UInt64 = 0, b: UInt64 = 0, c: UInt64 = 0, content: Content = .json, name: String = ""
  ) {
    self.kind = kind
    self.call = call
    self.a = a
    self.b = b
    self.c = c
    self.content = content
    self.name = name
  }

  /// `a` as a status.
  package var status: CallStatus { CallStatus(rawValue: Int32(truncatingIfNeeded: Int64(bitPattern: a))) }
  /// A status for `a`.
  package static func bits(_ status: CallStatus) -> UInt64 { UInt64(bitPattern: Int64(status.rawValue)) }
}

/// Why a line cannot be read further.
package enum FrameFault: Error, Sendable {
  /// The other side has closed it, or is no more.
  case closed
  /// What came is not a frame.
  case malformed
}
