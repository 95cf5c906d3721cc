// SPDX-License-Identifier: Apache-2.0
import Glibc
import Host

/// Writing whole texts to a descriptor.
enum Output {
  /// Ends the process when the text cannot be written: quietly when the reader has gone, as it does behind "| head".
  static func write(_ text: String, to descriptor: Int32) {
    var text = text
    text.withUTF8 { utf8 in
      var sent = 0
      while sent < utf8.count {
        let count = unsafe Glibc.write(descriptor, utf8.baseAddress! + sent, utf8.count - sent)  // not empty: sent < count
        if count > 0 {
          sent += count
        } else if errno == EAGAIN {
          // A terminal may have been left non-blocking by another program.
          var wanted = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
          _ = unsafe poll(&wanted, 1, -1)
        } else if errno != EINTR {
          giveUp(errno, descriptor)
        }
      }
    }
  }

  private static func giveUp(_ error: Int32, _ descriptor: Int32) -> Never {
    if error != EPIPE, descriptor != STDERR_FILENO {
      Terminal.printError("jackfield: cannot write the output: \(String(posixError: error)); make room, or send it elsewhere")
    }
    SystemExit.end(SystemExit.failed)
  }
}
