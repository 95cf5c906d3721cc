// SPDX-License-Identifier: Apache-2.0

import JSON

extension JSONValue {
  /// The whole numbers of an array; empty for anything else.
  var integers: [Int] { arrayValue?.compactMap { $0.intValue } ?? [] }
  /// The numbers of an array.
  var numbers: [Double] { arrayValue?.compactMap { $0.doubleValue } ?? [] }
  /// The texts of an array.
  var texts: [String] { arrayValue?.compactMap { $0.stringValue } ?? [] }
  /// The texts that one member of an array's objects has.
  func texts(of member: String) -> [String] { arrayValue?.compactMap { $0[member]?.stringValue } ?? [] }
}

extension [JSONValue] {
  /// The texts that one member of the objects has.
  func texts(of member: String) -> [String] { compactMap { $0[member]?.stringValue } }
}
