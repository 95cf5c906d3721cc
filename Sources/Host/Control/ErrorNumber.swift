// SPDX-License-Identifier: Apache-2.0
import Glibc

/// An errno with the system's words for it.
struct ErrorNumber: Error, CustomStringConvertible {
  let code: Int32

  init(_ code: Int32) { self.code = code }

  static var last: ErrorNumber { ErrorNumber(errno) }

  var description: String {
    var text = [CChar](repeating: 0, count: 256)
    let words = unsafe strerror_r(code, &text, text.count)
    return words == 0 ? String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self) : "error \(code)"
  }
}
