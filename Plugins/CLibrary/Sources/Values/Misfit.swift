// SPDX-License-Identifier: Apache-2.0

import JSON

/// A value that C cannot take, as the rest of a sentence that begins with its name: "is -1; write a whole number from 0 to 255".
struct Misfit: Error {
  let cause: String
  let isTooLarge: Bool

  init(_ cause: String, isTooLarge: Bool = false) {
    self.cause = cause
    self.isTooLarge = isTooLarge
  }
}

extension JSONElement {
  /// A number as it is, of everything else only what it is.
  var inWords: String {
    switch kind {
    case .null: "null"
    case .bool: bool == true ? "true" : "false"
    case .integer: int.map { "\($0)" } ?? "a number"
    case .number: unsigned.map { "\($0)" } ?? double.map { "\($0)" } ?? "a number"
    case .string: "text"
    case .array: "an array"
    case .object: "an object"
    }
  }
}
