// SPDX-License-Identifier: Apache-2.0
import Glibc

/// Writing whole lines to a descriptor.
enum LogOutput {
  /// Writes bytes and gives up at the first error: a log that cannot be written must not stop the host.
  ///
  /// - Returns: How many were written.
  @discardableResult
  static func write(_ bytes: [UInt8], to descriptor: Int32) -> Int {
    var sent = 0
    while sent < bytes.count {
      let count = unsafe bytes.withUnsafeBytes { buffer in
        unsafe Glibc.write(descriptor, buffer.baseAddress! + sent, buffer.count - sent)  // not empty: sent < count
      }
      if count > 0 {
        sent += count
      } else if count == 0 || errno != EINTR {
        break
      }
    }
    return sent
  }

  /// Whether a person may see colours there: a terminal, and NO_COLOR is not set.
  static func wantsColour(_ descriptor: Int32) -> Bool {
    guard isatty(descriptor) == 1 else { return false }
    guard let noColour = unsafe getenv("NO_COLOR") else { return true }
    return unsafe noColour.pointee == 0
  }
}
