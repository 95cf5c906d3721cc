// SPDX-License-Identifier: Apache-2.0
import Glibc

extension String {
  /// The system's sentence for an error number, such as "Permission denied".
  package init(posixError number: Int32) {
    // strerror writes into one buffer for all threads when the number is unknown; this one has a buffer of its own.
    var text = [CChar](repeating: 0, count: 256)
    let known = unsafe strerror_r(number, &text, text.count) == 0
    self = known ? String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self) : "error \(number)"
  }
}
