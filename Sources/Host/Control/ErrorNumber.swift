// SPDX-License-Identifier: Apache-2.0
import Glibc

/// An errno with the system's words for it.
struct ErrorNumber: Error, CustomStringConvertible {
  let code: Int32

  init(_ code: Int32) { self.code = code }

  static var last: ErrorNumber { ErrorNumber(errno) }

  var description: String { String(posixError: code) }
}
