// SPDX-License-Identifier: Apache-2.0
// What this plugin asks of the file system. Blocks: for a thread of its own where a disk may be slow.

internal import Glibc
internal import PluginSDK

/// Looks at, writes and removes files.
enum LocalFiles {
  enum Kind { case file, directory, other, nothing }

  /// Who owns a file, and who may do what.
  struct Rights: Equatable {
    var owner: UInt32
    var mode: UInt32
  }

  // MARK: - Looking

  /// What is at a path, behind links.
  static func kind(_ path: String) -> Kind {
    var status = stat()
    guard unsafe stat(path, &status) == 0 else { return .nothing }
    switch status.st_mode & S_IFMT {
    case S_IFREG: return .file
    case S_IFDIR: return .directory
    default: return .other
    }
  }

  static func isDirectory(_ path: String) -> Bool { kind(path) == .directory }
  static func isFile(_ path: String) -> Bool { kind(path) == .file }
  static func isExecutable(_ path: String) -> Bool { unsafe access(path, X_OK) == 0 && isFile(path) }

  /// Of the file behind links; nil when there is none.
  static func rights(_ path: String) -> Rights? {
    var status = stat()
    guard unsafe stat(path, &status) == 0 else { return nil }
    return Rights(owner: status.st_uid, mode: status.st_mode & 0o7777)
  }

  /// When a file was read last, in seconds; nil when there is none.
  static func accessed(_ path: String) -> Double? {
    var status = stat()
    guard unsafe stat(path, &status) == 0 else { return nil }
    return Double(status.st_atim.tv_sec) + Double(status.st_atim.tv_nsec) / 1e9
  }

  /// Whether nobody but this user and root can have put there what is there.
  static func isOurs(_ path: String) -> Bool {
    guard let rights = rights(path) else { return false }
    return (rights.owner == getuid() || rights.owner == 0) && rights.mode & 0o002 == 0
  }

  /// Whether it belongs to this user, and nobody else may even read it.
  static func isPrivate(_ path: String) -> Bool { rights(path).map { $0.owner == getuid() && $0.mode & 0o077 == 0 } ?? false }

  /// Sorted by bytes; none when the directory cannot be read.
  static func names(in directory: String) -> [String] {
    guard let open = unsafe opendir(directory) else { return [] }
    defer { unsafe closedir(open) }
    var names: [String] = []
    while let entry = unsafe readdir(open) {
      let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        unsafe pointer.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
      }
      if name != "." && name != ".." { names.append(name) }
    }
    return names.sorted { Array($0.utf8).lexicographicallyPrecedes(Array($1.utf8)) }
  }

  /// Without links, `.` and `..`; nil when there is nothing at the path.
  static func realPath(_ path: String) -> String? {
    guard let real = unsafe realpath(path, nil) else { return nil }
    defer { unsafe free(real) }
    return unsafe String(cString: real)
  }

  /// Reads a whole regular file.
  ///
  /// - Parameter most: In bytes; a longer file is refused.
  /// - Throws: `LocalFileFault` with the reason.
  static func bytes(_ path: String, most: Int) throws(LocalFileFault) -> [UInt8] {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw LocalFileFault() }
    defer { close(descriptor) }
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else { throw LocalFileFault() }
    guard status.st_mode & S_IFMT == S_IFREG else { throw LocalFileFault(reason: "it is no regular file") }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 16 << 10)
    while bytes.count <= most {
      let count = unsafe buffer.withUnsafeMutableBytes { unsafe read(descriptor, $0.baseAddress, $0.count) }
      guard count >= 0 else { throw LocalFileFault() }
      if count == 0 { return bytes }
      bytes += buffer[..<count]
    }
    throw LocalFileFault(reason: "it is longer than \(most) bytes")
  }

  /// A small file as text; nil when it cannot be read.
  static func text(_ path: String) -> String? { (try? bytes(path, most: 1 << 20)).map { String(decoding: $0, as: UTF8.self) } }

  // MARK: - Changing

  /// Makes a directory that only this user may enter, and what is missing above it.
  static func makeDirectory(_ path: String) throws(LocalFileFault) {
    if isDirectory(path) { return }
    if let slash = path.lastIndex(of: "/"), slash != path.startIndex { try makeDirectory(String(path[..<slash])) }
    guard unsafe mkdir(path, 0o700) == 0 || errno == EEXIST else { throw LocalFileFault() }
  }

  static func setMode(_ mode: UInt32, of path: String) { _ = unsafe chmod(path, mode) }

  /// Writes a file that only this user may read, whole or not at all.
  static func writePrivate(_ bytes: [UInt8], to path: String) throws(LocalFileFault) {
    let draft = path + ".\(getpid()).new"
    unsafe unlink(draft)
    let descriptor = unsafe open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { throw LocalFileFault() }
    let count = unsafe bytes.withUnsafeBytes { unsafe write(descriptor, $0.baseAddress, $0.count) }
    let fault = LocalFileFault()
    close(descriptor)
    guard count == bytes.count else {
      unsafe unlink(draft)
      throw fault
    }
    guard unsafe rename(draft, path) == 0 else {
      let fault = LocalFileFault()
      unsafe unlink(draft)
      throw fault
    }
  }

  static func remove(_ path: String) { unsafe unlink(path) }
  static func removeDirectory(_ path: String) { unsafe rmdir(path) }

  /// Removes a directory and all in it; follows no link.
  static func removeTree(_ path: String) {
    for name in names(in: path) {
      let inner = path + "/" + name
      var status = stat()
      guard unsafe lstat(inner, &status) == 0 else { continue }
      if status.st_mode & S_IFMT == S_IFDIR { removeTree(inner) } else { unsafe unlink(inner) }
    }
    unsafe rmdir(path)
  }

  // MARK: - This user

  static var user: UInt32 { getuid() }

  /// As the system's list of users has it.
  static var home: String {
    guard let entry = unsafe getpwuid(getuid()), let path = unsafe entry.pointee.pw_dir else { return "/" }
    return unsafe String(cString: path)
  }
}

/// Why a file could not be read or written, as the end of a sentence.
struct LocalFileFault: Error, Sendable, Hashable, CustomStringConvertible {
  var reason: String
  var description: String { reason }

  init(reason: String) { self.reason = reason }

  /// Of errno.
  init() { reason = unsafe String(cString: strerror(errno)) }
}
