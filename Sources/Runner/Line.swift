// SPDX-License-Identifier: Apache-2.0
import CLinux
import Glibc

/// The socket to the host.
enum Line {
  /// Takes the socket that was inherited as descriptor 3 to a number where no plugin closes it by mistake, and leaves /dev/null there.
  ///
  /// - Returns: nil when descriptor 3 is no socket: this program was not started by a host.
  static func take() -> Int32? {
    var status = stat()
    guard unsafe fstat(3, &status) == 0, status.st_mode & S_IFMT == S_IFSOCK else { return nil }
    let line = fcntl(3, F_DUPFD_CLOEXEC, 200)
    let nothing = unsafe open("/dev/null", O_RDWR | O_CLOEXEC)
    dup2(nothing, 3)
    close(nothing)
    return line < 0 ? nil : line
  }

  /// Ends this process and all that it started: the host is gone, or wants no more of it.
  static func end() -> Never {
    // Another thread crashed and closed the line: the runtime writes down where, and ends the process. The host waits for that, not for ever.
    while linux_is_crashing() { pause() }
    if getpgrp() == getpid() { kill(0, SIGKILL) }
    _exit(0)
  }
}
