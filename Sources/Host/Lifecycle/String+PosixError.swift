// SPDX-License-Identifier: Apache-2.0
import Glibc

extension String {
  /// The system's sentence for an error number, such as "Permission denied".
  package init(posixError number: Int32) {
    self = unsafe strerror(number).map { unsafe String(cString: $0) } ?? "error \(number)"
  }
}
