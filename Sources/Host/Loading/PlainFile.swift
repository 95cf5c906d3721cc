// SPDX-License-Identifier: Apache-2.0
// Reads files that anybody may have made. A mapping would be shorter, and would kill the daemon with SIGBUS when the file is
// cut while it is read.
import Glibc

/// A regular file open for reading.
///
/// The descriptor is closed when the value goes away. Reading never changes the file's position.
final class PlainFile {
  enum Failure: Error {
    case notRegular
    /// The number of the system's error.
    case system(Int32)
  }

  let path: String
  /// In bytes, when the file was opened.
  let size: Int
  let descriptor: Int32
  /// As it was when the file was opened; another one tells that the file was written to since.
  let identity: FileIdentity

  /// Opens a file; a pipe or device in its place is refused without waiting for it.
  init(_ path: String) throws(Failure) {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
    guard descriptor >= 0 else { throw .system(errno) }
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      throw .notRegular
    }
    self.path = path
    size = Int(status.st_size)
    identity = FileIdentity(status)
    self.descriptor = descriptor
  }

  deinit { close(descriptor) }
}
