// SPDX-License-Identifier: Apache-2.0

/// One line of a request's or a response's head.
public struct WebHeader: Sendable, Hashable {
  /// Of a response: in lower case.
  public var name: String
  /// Without the blanks around it.
  public var value: String

  /// Names a value.
  public init(_ name: String, _ value: String) {
    self.name = name
    self.value = value
  }

  /// Whether both can stand in a head without ending their line.
  var isSound: Bool {
    !name.isEmpty && name.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f && $0 != UInt8(ascii: ":") }
      && value.utf8.allSatisfy { ($0 >= 0x20 || $0 == 9) && $0 != 0x7f } && name.utf8.count + value.utf8.count <= Self.limit
  }

  /// In bytes, of name and value.
  private static let limit = 8_192
}
