// SPDX-License-Identifier: Apache-2.0
package import Glibc

/// Keeps a second host off the same directories. The kernel drops the lock with the process, however it ends.
package struct HostLock: ~Copyable {
  private let descriptor: Int32
  private let path: String

  /// Takes the lock, or says who has it.
  ///
  /// - Parameter directory: The runtime directory; must exist.
  /// - Throws: `HostLockError` when another process has it, or the file cannot be opened.
  package init(directory: String) throws(HostLockError) {
    path = directory + "/host.pid"
    descriptor = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw HostLockError.unusable(path: path, error: errno) }
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      let holder = Self.holder(path)
      close(descriptor)
      throw HostLockError.held(directory: directory, pid: holder)
    }
    ftruncate(descriptor, 0)
    let text = Array("\(getpid())\n".utf8)
    _ = unsafe write(descriptor, text, text.count)
  }

  deinit {
    ftruncate(descriptor, 0)
    close(descriptor)
  }

  /// The process that wrote its id into the lock file; nil when there is none.
  package static func holder(_ path: String) -> pid_t? {
    let file = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return nil }
    defer { close(file) }
    var bytes = [UInt8](repeating: 0, count: 32)
    let count = unsafe read(file, &bytes, bytes.count)
    guard count > 0 else { return nil }
    return pid_t(String(decoding: bytes[..<count].prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self))
  }
}

/// Why the lock was not to be had.
package enum HostLockError: Error, CustomStringConvertible, Sendable {
  case held(directory: String, pid: pid_t?)
  case unusable(path: String, error: Int32)

  package var description: String {
    switch self {
    case .held(let directory, let pid):
      let who = pid.map { "process \($0)" } ?? "another process"
      return "a host is running on '\(directory)' already (\(who)); stop it with 'jackfield stop', or choose another --home"
    case .unusable(let path, let error):
      return "cannot open '\(path)': \(String(posixError: error)); make its directory writable, or choose another --home"
    }
  }
}
