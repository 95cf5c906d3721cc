// SPDX-License-Identifier: Apache-2.0
import Glibc

/// Writing whole texts to a descriptor.
enum Output {
  /// Ends the process quietly when the reader has gone, as it does behind "| head".
  static func write(_ text: String, to descriptor: Int32) {
    if !tryWrite(text, to: descriptor) { SystemExit.end(SystemExit.failed) }
  }

  /// Returns false when the text could not be written to its end.
  static func tryWrite(_ text: String, to descriptor: Int32) -> Bool {
    var text = text
    return text.withUTF8 { utf8 in
      var sent = 0
      while sent < utf8.count {
        let count = unsafe Glibc.write(descriptor, utf8.baseAddress! + sent, utf8.count - sent)  // not empty: sent < count
        if count > 0 {
          sent += count
        } else if errno != EINTR {
          return false
        }
      }
      return true
    }
  }
}
