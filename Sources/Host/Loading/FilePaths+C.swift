// SPDX-License-Identifier: Apache-2.0
import Glibc

/// What the system says of paths.
enum FilePaths {
  /// Without links, "." and ".."; nil when there is nothing.
  static func real(_ path: String) -> String? {
    guard let real = unsafe realpath(path, nil) else { return nil }
    defer { unsafe free(real) }
    return unsafe String(cString: real)
  }

  static func target(ofLink path: String) -> String? {
    var buffer = [UInt8](repeating: 0, count: Int(PATH_MAX))
    // PATH_MAX bytes: the buffer is not empty.
    let count = unsafe buffer.withUnsafeMutableBytes { unsafe readlink(path, $0.baseAddress!, $0.count) }
    return count < 0 ? nil : String(decoding: buffer.prefix(count), as: UTF8.self)
  }

  static var currentDirectory: String? {
    guard let current = unsafe getcwd(nil, 0) else { return nil }
    defer { unsafe free(current) }
    return unsafe String(cString: current)
  }
}
