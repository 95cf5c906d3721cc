// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// The end of a file that a process appends to.
public enum OutputTail {
  /// Reads the last bytes of a file, from the beginning of a character on.
  ///
  /// - Returns: Empty when the file cannot be read. What is no UTF-8 is replaced.
  public static func text(of path: String, bytes most: Int) -> String {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW)
    guard descriptor >= 0 else { return "" }
    defer { close(descriptor) }
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return "" }
    var bytes = [UInt8](repeating: 0, count: min(most, max(0, Int(status.st_size))))
    let start = Int(status.st_size) - bytes.count
    let count = unsafe bytes.withUnsafeMutableBytes { unsafe pread(descriptor, $0.baseAddress, $0.count, start) }
    guard count > 0 else { return "" }
    let read = bytes[..<count]
    return String(decoding: start > 0 ? read.drop { $0 & 0xC0 == 0x80 || $0 == 0 } : read, as: UTF8.self)
  }
}
