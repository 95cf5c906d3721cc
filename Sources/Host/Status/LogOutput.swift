// SPDX-License-Identifier: Apache-2.0
import Glibc

/// Writing whole lines to a descriptor.
enum LogOutput {
  /// Writes all bytes and gives up at the first error: a log that cannot be written must not stop the host.
  static func write(_ bytes: [UInt8], to descriptor: Int32) {
    var sent = 0
    while sent < bytes.count {
      let count = unsafe bytes.withUnsafeBytes { buffer in
        unsafe Glibc.write(descriptor, buffer.baseAddress! + sent, buffer.count - sent)  // not empty: sent < count
      }
      if count > 0 {
        sent += count
      } else if count < 0, errno != EINTR {
        return
      }
    }
  }
}
