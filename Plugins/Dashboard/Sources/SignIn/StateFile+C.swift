// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// Small files that are replaced as a whole, for the user alone.
enum StateFile {
  private static let limit = 1 << 20

  static func write(_ bytes: [UInt8], to path: String) -> Bool {
    let draft = path + ".new"
    let descriptor = unsafe open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { return false }
    var isWritten = fchmod(descriptor, 0o600) == 0
    var rest = bytes[...]
    while isWritten, !rest.isEmpty {
      let count = unsafe rest.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if count > 0 { rest = rest.dropFirst(count) } else { isWritten = count < 0 && errno == EINTR }
    }
    close(descriptor)
    return isWritten && (unsafe rename(draft, path)) == 0
  }

  /// Nil when it is not there or cannot be read.
  static func read(_ path: String) -> [UInt8]? {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var room = [UInt8](repeating: 0, count: 64 << 10)
    while bytes.count <= limit {
      let count = unsafe room.withUnsafeMutableBytes { unsafe Glibc.read(descriptor, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return count == 0 ? bytes : nil }
      bytes += room[..<count]
    }
    return nil
  }

  /// One that only the user may enter; false when it cannot be made.
  static func makeDirectory(_ path: String) -> Bool { unsafe mkdir(path, 0o700) == 0 || errno == EEXIST }
}
