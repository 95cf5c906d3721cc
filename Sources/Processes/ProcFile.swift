// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// Reads what the system says about processes.
enum ProcFile {
  /// So much of one file is read.
  private static let mostBytes = 4 << 20

  /// A small file as text; empty when it cannot be read.
  static func text(_ path: String) -> String { String(decoding: bytes(path), as: UTF8.self) }

  static func bytes(_ path: String) -> [UInt8] {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return [] }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 16 << 10)
    while bytes.count < mostBytes {
      let count = unsafe buffer.withUnsafeMutableBytes { unsafe read(descriptor, $0.baseAddress, $0.count) }
      guard count > 0 else { break }
      bytes += buffer[..<count]
    }
    return bytes
  }

  /// The numbers of all processes that can be seen.
  static func processes() -> [Int32] { names(in: "/proc").compactMap { Int32($0) } }

  /// The names in a directory; none when it cannot be read.
  static func names(in directory: String) -> [String] {
    guard let open = unsafe opendir(directory) else { return [] }
    defer { unsafe closedir(open) }
    var names: [String] = []
    while let entry = unsafe readdir(open) {
      let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        unsafe pointer.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
      }
      names.append(name)
    }
    return names
  }

  /// Where a link leads; nil when it cannot be read.
  static func link(_ path: String) -> String? {
    unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(PATH_MAX)) { buffer in
      let count = unsafe readlink(path, buffer.baseAddress!, buffer.count)  // not nil: the capacity is above zero
      guard count > 0 else { return nil }
      return unsafe String(decoding: UnsafeRawBufferPointer(start: buffer.baseAddress, count: count), as: UTF8.self)
    }
  }
}
