// SPDX-License-Identifier: Apache-2.0

internal import CLinux
internal import Glibc

/// Files that a process appends its output to, read from where the reading stopped.
struct OutputFile: Sendable {
  private let descriptor: Int32
  /// So much of what was read stays in the file, for whoever wants to look at it.
  private static let keptBytes = 64 << 20

  init?(_ path: String) {
    descriptor = unsafe open(path, O_RDWR | O_CLOEXEC | O_CREAT, 0o600)
    if descriptor < 0 { return nil }
  }

  func close() { _ = Glibc.close(descriptor) }

  func read(at offset: Int, into buffer: inout [UInt8]) -> [UInt8] {
    let count = unsafe buffer.withUnsafeMutableBytes { unsafe pread(descriptor, $0.baseAddress, $0.count, offset) }
    return count > 0 ? Array(buffer[..<count]) : []
  }

  /// Gives the disk's room back that was read long ago.
  func release(before offset: Int) {
    guard offset > Self.keptBytes else { return }
    _ = linux_free_beginning(descriptor, Int64(offset - Self.keptBytes))
  }
}

/// Becomes readable when one of some files grows.
struct FileWatch: Sendable {
  let descriptor: Int32

  init() throws(SystemError) {
    descriptor = linux_watch_make()
    guard descriptor >= 0 else {
      throw SystemError(description: "cannot watch files: \(unsafe String(cString: strerror(-descriptor)))")
    }
  }

  func add(_ path: String) { _ = unsafe linux_watch_add(descriptor, path) }
  func close() { _ = Glibc.close(descriptor) }

  /// Forgets what happened so far.
  func drain() {
    var buffer = [UInt8](repeating: 0, count: 16 << 10)
    while unsafe buffer.withUnsafeMutableBytes({ unsafe read(descriptor, $0.baseAddress, $0.count) }) > 0 {}
  }
}

/// Small files that are replaced as a whole.
enum SmallFile {
  static func write(_ bytes: [UInt8], to path: String) -> Bool {
    let draft = path + ".new"
    let descriptor = unsafe open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { return false }
    let count = unsafe bytes.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
    close(descriptor)
    return count == bytes.count && (unsafe rename(draft, path)) == 0
  }

  static func makeDirectory(_ path: String) -> Bool { unsafe mkdir(path, 0o700) == 0 || errno == EEXIST }

  static func removeDirectory(_ path: String, files: [String]) {
    for file in files { unsafe unlink(path + "/" + file) }
    unsafe rmdir(path)
  }

  static func isDirectory(_ path: String) -> Bool {
    var status = stat()
    return unsafe stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  static func exists(_ path: String) -> Bool { unsafe access(path, R_OK) == 0 }

  static func names(in directory: String) -> [String] { directoryNames(directory) }
}
