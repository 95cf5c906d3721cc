// SPDX-License-Identifier: Apache-2.0

/// One whole message, put together from its fragments.
public enum WebSocketMessage: Sendable, Hashable {
  /// Meant as UTF-8. What comes in is not checked: whoever reads it does that.
  case text([UInt8])
  /// Any bytes.
  case binary([UInt8])

  /// The bytes of either.
  public var bytes: [UInt8] {
    switch self {
    case .text(let bytes), .binary(let bytes): bytes
    }
  }

  var isBinary: Bool {
    if case .binary = self { return true }
    return false
  }
}
