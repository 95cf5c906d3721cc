// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import PluginSDK

/// Reads documents that people edit.
enum SourceFile {
  /// The most bytes of a document.
  static let mostBytes = 64 << 20

  /// The text of a file, in the coding that its first lines name.
  static func read(_ path: String) throws -> String {
    guard path.hasPrefix("/"), !path.utf8.contains(0) else {
      throw PluginFailure("cannot read '\(path)': it is no absolute path; give one, or 'text'", code: "bad_path", status: .invalid)
    }
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw failure(path) }
    defer { close(descriptor) }
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else { throw failure(path) }
    guard status.st_mode & S_IFMT == S_IFREG, status.st_size <= mostBytes else {
      throw PluginFailure(
        "cannot read '\(path)': it is no file, or has more than \(mostBytes >> 20) MiB", code: "bad_path", status: .invalid)
    }
    var bytes = [UInt8](repeating: 0, count: Int(status.st_size))
    var count = 0
    while count < bytes.count {
      let taken = unsafe bytes.withUnsafeMutableBytes { unsafe Glibc.read(descriptor, $0.baseAddress! + count, $0.count - count) }
      if taken < 0 && errno == EINTR { continue }
      guard taken >= 0 else { throw failure(path) }
      guard taken > 0 else { break }
      count += taken
    }
    bytes.removeLast(bytes.count - count)
    return try SourceCoding(of: bytes, path: path).text(of: bytes, path: path)
  }

  private static func failure(_ path: String) -> PluginFailure {
    PluginFailure("cannot read '\(path)': \(unsafe String(cString: strerror(errno)))", code: "unreadable", status: .notFound)
  }
}
