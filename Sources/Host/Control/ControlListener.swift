// SPDX-License-Identifier: Apache-2.0
import Glibc
import Synchronization

/// The listening socket: made in a private directory, removed on close if it is still ours.
final class ControlListener: Sendable {
  let path: String
  let descriptor: Int32
  private let identity: (device: UInt, inode: UInt)
  private let closed = Atomic<Bool>(false)

  /// Opens the socket at `path`, making its directory when it is missing.
  init(path: String) throws(ControlDoorError) {
    self.path = path
    try Self.checkLength(path)
    let directory = try Self.openDirectory(of: path)
    defer { Glibc.close(directory) }
    // Two hosts that start at once must not take each other's socket for a stale one.
    flock(directory, LOCK_EX)
    try Self.removeStale(path)
    descriptor = UnixSocket.make()
    guard descriptor >= 0 else { throw Self.failure(path, ErrorNumber.last) }
    do {
      identity = try Self.listen(descriptor, path)
    } catch {
      Glibc.close(descriptor)
      throw error
    }
  }

  deinit { close() }

  private static func listen(_ descriptor: Int32, _ path: String) throws(ControlDoorError) -> (UInt, UInt) {
    let outcome = UnixSocket.bind(descriptor, to: path)
    guard outcome == 0 else { throw failure(path, ErrorNumber(outcome)) }
    guard unsafe chmod(path, 0o600) == 0, Glibc.listen(descriptor, SOMAXCONN) == 0, let made = status(path) else {
      throw failure(path, ErrorNumber.last)
    }
    return (made.st_dev, made.st_ino)
  }

  /// Refuses further connections and removes the socket, unless somebody put another one in its place.
  func close() {
    guard !closed.exchange(true, ordering: .acquiringAndReleasing) else { return }
    if let now = Self.status(path), (now.st_dev, now.st_ino) == identity { unsafe unlink(path) }
    Glibc.close(descriptor)
  }

  // MARK: Checks

  private static func checkLength(_ path: String) throws(ControlDoorError) {
    let length = path.utf8.count
    guard length <= UnixSocket.longestPath else {
      throw ControlDoorError(
        "cannot open the control socket '\(path)': the path has \(length) bytes, a Unix socket takes \(UnixSocket.longestPath); "
          + "choose a shorter runtime directory")
    }
  }

  private static func openDirectory(of path: String) throws(ControlDoorError) -> Int32 {
    let directory = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
    unsafe mkdir(directory, 0o700)
    let descriptor = unsafe Glibc.open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw ControlDoorError("cannot open the directory '\(directory)' of the control socket: \(ErrorNumber.last)")
    }
    do {
      try check(descriptor, directory)
      return descriptor
    } catch {
      Glibc.close(descriptor)
      throw error
    }
  }

  private static func check(_ descriptor: Int32, _ directory: String) throws(ControlDoorError) {
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else {
      throw ControlDoorError("cannot look at the directory '\(directory)' of the control socket: \(ErrorNumber.last)")
    }
    guard status.st_uid == geteuid() else {
      throw ControlDoorError(
        "cannot open the control socket in '\(directory)': the directory belongs to user \(status.st_uid), this host runs as user "
          + "\(geteuid()); choose a runtime directory of your own")
    }
    let mode = status.st_mode & 0o7777
    guard mode & 0o077 == 0 else {
      throw ControlDoorError(
        "cannot open the control socket in '\(directory)': others may enter the directory (mode 0\(String(mode, radix: 8))); "
          + "run 'chmod 700 \(directory)'")
    }
  }

  /// Removes a socket that nobody listens on.
  private static func removeStale(_ path: String) throws(ControlDoorError) {
    guard let found = status(path) else { return }
    guard found.st_mode & S_IFMT == S_IFSOCK else {
      throw ControlDoorError("cannot open the control socket '\(path)': something that is no socket has that name; move it away")
    }
    let probe = UnixSocket.make()
    defer { Glibc.close(probe) }
    switch UnixSocket.connect(probe, to: path) {
    case ECONNREFUSED: unsafe unlink(path)
    case 0, EAGAIN, EINPROGRESS:
      throw ControlDoorError(
        "cannot open the control socket '\(path)': another host listens on it; stop that one with 'jackfield stop', or choose another --home"
      )
    case let code:
      throw ControlDoorError("cannot tell whether a host listens on the control socket '\(path)': \(ErrorNumber(code))")
    }
  }

  private static func status(_ path: String) -> stat? {
    var status = stat()
    return unsafe lstat(path, &status) == 0 ? status : nil
  }

  private static func failure(_ path: String, _ reason: ErrorNumber) -> ControlDoorError {
    ControlDoorError("cannot open the control socket '\(path)': \(reason)")
  }
}
