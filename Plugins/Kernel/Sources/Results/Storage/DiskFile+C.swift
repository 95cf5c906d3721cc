// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// A file that grows at its end and is read anywhere; closed when released. Readable by its owner alone.
/// Sendable, because: whoever has one uses it on one thread, or under a lock.
final class DiskFile: @unchecked Sendable {
  let path: String
  /// Bytes that are in it for certain.
  private(set) var count: Int
  private let descriptor: Int32

  enum Way { case new, append, read }

  init(path: String, _ way: Way) throws(FileTrouble) {
    let flags =
      switch way {
      case .new: O_RDWR | O_CREAT | O_TRUNC
      case .append: O_RDWR | O_CREAT
      case .read: O_RDONLY
      }
    descriptor = unsafe open(path, flags | O_CLOEXEC | O_NOCTTY, 0o600)
    guard descriptor >= 0 else { throw fileTrouble(way == .read ? "read" : "write", path) }
    self.path = path
    count = Int(lseek(descriptor, 0, SEEK_END))
  }

  deinit { close(descriptor) }

  /// Appends all of it, or nothing.
  func append(_ bytes: [UInt8]) throws(FileTrouble) {
    var done = 0
    while done < bytes.count {
      let wrote = unsafe bytes.withUnsafeBytes {
        unsafe pwrite(descriptor, $0.baseAddress! + done, bytes.count - done, off_t(count + done))
      }
      if wrote < 0, errno == EINTR { continue }
      guard wrote > 0 else {
        let trouble = fileTrouble("write", path)
        _ = ftruncate(descriptor, off_t(count))
        throw trouble
      }
      done += wrote
    }
    count += bytes.count
  }

  /// Reads so many bytes from there on; fewer at the end.
  func read(at offset: Int, _ wanted: Int) throws(FileTrouble) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: max(0, min(wanted, count - offset)))
    var done = 0
    while done < bytes.count {
      let rest = bytes.count - done
      let got = unsafe bytes.withUnsafeMutableBytes { unsafe pread(descriptor, $0.baseAddress! + done, rest, off_t(offset + done)) }
      if got < 0, errno == EINTR { continue }
      guard got >= 0 else { throw fileTrouble("read", path) }
      if got == 0 { break }
      done += got
    }
    bytes.removeSubrange(done...)
    return bytes
  }

  /// Cuts it off.
  func truncate(to length: Int) {
    if ftruncate(descriptor, off_t(length)) == 0 { count = length }
  }

  /// Waits until it is on the disk.
  func sync() throws(FileTrouble) {
    guard fsync(descriptor) == 0 else { throw fileTrouble("write", path) }
  }
}

/// What is done with files by their names.
enum DiskFiles {
  /// Makes a directory and those above it, for its owner alone.
  static func makeDirectory(_ path: String) throws(FileTrouble) {
    var made = ""
    for part in path.split(separator: "/") {
      made += "/\(part)"
      if unsafe mkdir(made, 0o700) != 0, errno != EEXIST, errno != EROFS, errno != EACCES { throw fileTrouble("make the directory", made) }
    }
    guard unsafe access(path, W_OK) == 0 else { throw fileTrouble("use the directory", path) }
  }

  static func exists(_ path: String) -> Bool { unsafe access(path, F_OK) == 0 }

  static func remove(_ path: String) { unsafe unlink(path) }

  static func rename(_ path: String, to target: String) throws(FileTrouble) {
    guard unsafe Glibc.rename(path, target) == 0 else { throw fileTrouble("rename to", target) }
  }

  /// Gives a file a second name.
  static func link(_ path: String, to target: String) throws(FileTrouble) {
    guard unsafe Glibc.link(path, target) == 0 else { throw fileTrouble("link to", target) }
  }

  /// The names in a directory; none when there is no such directory.
  static func names(in directory: String) -> [String] {
    guard let stream = unsafe opendir(directory) else { return [] }
    defer { unsafe closedir(stream) }
    var names: [String] = []
    while let entry = unsafe readdir(stream) {
      let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        unsafe pointer.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names
  }

  /// Writes a file that appears under its name when it is whole.
  static func write(_ bytes: [UInt8], to path: String) throws(FileTrouble) {
    let temporary = "\(path).\(getpid()).part"
    do {
      let file = try DiskFile(path: temporary, .new)
      try file.append(bytes)
      try file.sync()
      try rename(temporary, to: path)
    } catch {
      remove(temporary)
      throw error
    }
  }

  /// The whole of a regular file.
  static func read(_ path: String, atMost limit: Int) throws(FileTrouble) -> [UInt8] {
    var status = stat()
    guard unsafe stat(path, &status) == 0 else { throw fileTrouble("read", path) }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw FileTrouble(description: "cannot read '\(path)': it is no regular file", isFull: false)
    }
    guard status.st_size <= limit else {
      throw FileTrouble(description: "cannot read '\(path)': it has \(status.st_size) bytes, and \(limit) are the most", isFull: false)
    }
    return try DiskFile(path: path, .read).read(at: 0, limit)
  }
}

/// The sentence for what `errno` says now.
private func fileTrouble(_ verb: String, _ path: String) -> FileTrouble {
  let number = errno
  let reason = unsafe strerror(number).map { unsafe String(cString: $0) } ?? "error \(number)"
  return FileTrouble(description: "cannot \(verb) '\(path)': \(reason)", isFull: number == ENOSPC || number == EDQUOT)
}

/// The time of the day in Unix seconds.
func unixTime() -> Double {
  var time = timespec()
  unsafe clock_gettime(CLOCK_REALTIME, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}
