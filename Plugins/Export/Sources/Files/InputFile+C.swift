// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import PluginSDK

/// A plain file that is read from its beginning; closes itself when released. A link is not followed.
final class InputFile {
  /// In bytes, when it was opened.
  let size: Int64
  private let path: String
  private let descriptor: Int32

  /// Opens a file.
  ///
  /// - Returns: nil when there is none of that name.
  static func open(_ path: String) throws -> InputFile? {
    // Not waiting: the name may be a pipe's.
    let descriptor = unsafe Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
    if descriptor < 0, errno == ENOENT || errno == ENOTDIR { return nil }
    guard descriptor >= 0 else { throw FileSystem.failure("read", path, errno) }
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      throw PluginFailure("cannot read '\(path)': it is no plain file", code: "not_a_file")
    }
    return InputFile(path, descriptor, Int64(status.st_size))
  }

  private init(_ path: String, _ descriptor: Int32, _ size: Int64) {
    self.path = path
    self.descriptor = descriptor
    self.size = size
  }

  deinit { close(descriptor) }

  /// Reads on.
  ///
  /// - Returns: How many bytes were put at the beginning of the buffer; 0 at the end.
  func read(into buffer: inout [UInt8]) throws -> Int {
    while true {
      let count = unsafe buffer.withUnsafeMutableBytes { unsafe Glibc.read(descriptor, $0.baseAddress, $0.count) }
      if count >= 0 { return count }
      guard errno == EINTR else { throw FileSystem.failure("read", path, errno) }
    }
  }
}
