// SPDX-License-Identifier: Apache-2.0
// The few things done with files here, each with a sentence when it does not work.

internal import CLinux
internal import Crypto
internal import Glibc

/// Opens, hashes, links and copies files so that nothing half done is seen under a file's own name.
enum FileTools {
  private static let blockBytes = 1 << 20

  /// Opens a file for reading, a regular one only: nothing here waits for a pipe's other end.
  ///
  /// - Returns: A descriptor that the caller closes, and what the file was then.
  static func open(_ path: String) throws -> (descriptor: Int32, facts: FileFacts) {
    let descriptor = unsafe Glibc.open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)
    guard descriptor >= 0 else { throw problem("read", path, errno) }
    guard let facts = FileFacts(descriptor: descriptor) else {
      defer { Glibc.close(descriptor) }
      throw problem("read", path, errno)
    }
    guard facts.isRegular else {
      Glibc.close(descriptor)
      throw FileProblem("cannot read '\(path)': it is \(facts.isDirectory ? "a directory" : "no regular file")")
    }
    return (descriptor, facts)
  }

  static func close(_ descriptor: Int32) { Glibc.close(descriptor) }

  /// Calls `body` with the blocks of an open file, up to the length it had when it was opened.
  ///
  /// - Throws: Also when the file was written to meanwhile, and when the work is cancelled.
  static func digest(
    _ file: Int32, _ facts: FileFacts, _ path: String, _ cancellation: Cancellation,
    copyingTo target: (descriptor: Int32, path: String)? = nil
  ) throws -> String {
    let hash = try SHA256()
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: blockBytes, alignment: 64)
    defer { unsafe buffer.deallocate() }
    var offset: Int64 = 0
    while offset < facts.bytes {
      try cancellation.check()
      let wanted = Int(min(Int64(blockBytes), facts.bytes - offset))
      let count = unsafe pread(file, buffer.baseAddress, wanted, off_t(offset))
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw problem("read", path, errno) }
      guard count > 0 else { throw beingWritten(path) }
      let block = unsafe UnsafeRawBufferPointer(rebasing: buffer.prefix(count))
      try unsafe hash.update(block)
      if let target { try unsafe write(block, to: target.descriptor, target.path) }
      offset += Int64(count)
    }
    guard FileFacts(descriptor: file) == facts else { throw beingWritten(path) }
    return try hash.finish().description
  }

  /// The digest of a file by its path.
  static func digest(of path: String, _ cancellation: Cancellation) throws -> String {
    let (file, facts) = try open(path)
    defer { close(file) }
    return try digest(file, facts, path, cancellation)
  }

  /// Gives an open file a second name, whole or not at all.
  ///
  /// - Returns: False when the file system, or a rule about other people's files, does not let it be linked.
  static func link(_ file: Int32, to path: String) throws -> Bool {
    // Through the descriptor, so that it is this very file, whatever stands under its name by now.
    if unsafe linkat(AT_FDCWD, "/proc/self/fd/\(file)", AT_FDCWD, path, AT_SYMLINK_FOLLOW) == 0 { return true }
    if errno == EEXIST { return FileFacts(path: path) == FileFacts(descriptor: file) }
    return false
  }

  /// Copies an open file to a new name, sharing its blocks where the file system can; appears under its name when it is whole and written.
  static func copy(
    _ file: Int32, _ facts: FileFacts, from source: String, to path: String, expecting digest: String, _ cancellation: Cancellation
  ) throws {
    let temporary = "\(path).\(getpid())\(temporarySuffix)"
    unsafe unlink(temporary)
    let target = unsafe Glibc.open(temporary, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard target >= 0 else { throw problem("write", temporary, errno) }
    do {
      defer { Glibc.close(target) }
      if linux_clone_file(target, file) != 0 {
        try requireRoom(facts.bytes, at: path)
        let copied = try FileTools.digest(file, facts, source, cancellation, copyingTo: (target, temporary))
        guard copied == digest else { throw beingWritten(source) }
      }
      guard fsync(target) == 0 else { throw problem("write", temporary, errno) }
      guard unsafe rename(temporary, path) == 0 else { throw problem("rename", temporary, errno) }
    } catch {
      unsafe unlink(temporary)
      throw error
    }
  }

  /// The end of the name of a file that is not whole yet.
  static let temporarySuffix = ".part"

  /// Makes a file's name safe against a power failure.
  static func syncDirectory(_ path: String) {
    let descriptor = unsafe Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    _ = fsync(descriptor)
    Glibc.close(descriptor)
  }

  /// Writes a file's bytes to the disk.
  static func sync(_ path: String) throws {
    let descriptor = unsafe Glibc.open(path, O_RDWR | O_CLOEXEC)
    guard descriptor >= 0 else { throw problem("write", path, errno) }
    defer { Glibc.close(descriptor) }
    guard fsync(descriptor) == 0 else { throw problem("write", path, errno) }
  }

  /// Moves a file to a name that nothing has yet.
  static func moveWithoutReplacing(_ path: String, to target: String) throws {
    guard unsafe Glibc.link(path, target) == 0 else {
      let number = errno
      guard number != EEXIST else { throw FileProblem("cannot write '\(target)': it exists; name another file, or move it away") }
      // Without hard links, as on FAT: the moment between the look and the move is all that is left open.
      var status = stat()
      guard unsafe lstat(target, &status) != 0, unsafe rename(path, target) == 0 else { throw problem("write", target, number) }
      return
    }
    unsafe unlink(path)
  }

  /// Whether anything has that name, a link that leads nowhere included.
  static func exists(_ path: String) -> Bool {
    var status = stat()
    return unsafe lstat(path, &status) == 0
  }

  static func remove(_ path: String) { unsafe unlink(path) }

  /// Makes a directory and those above it, for its owner alone.
  static func makeDirectory(_ path: String) throws {
    var made = ""
    for part in path.split(separator: "/") {
      made += "/\(part)"
      guard unsafe mkdir(made, 0o700) != 0, errno != EEXIST, FileFacts(path: made)?.isDirectory != true else { continue }
      throw problem("make the directory", made, errno)
    }
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

  /// Bytes that a user without privileges may still write where the path lies; nil when the system does not tell.
  static func freeBytes(at path: String) -> Int64? {
    var status = statvfs()
    guard unsafe statvfs(path, &status) == 0 else { return nil }
    return Int64(clamping: UInt64(status.f_bavail).multipliedReportingOverflow(by: UInt64(status.f_frsize)).partialValue)
  }

  /// Throws when so many bytes and a little more have no room beside a path.
  static func requireRoom(_ bytes: Int64, at path: String) throws {
    let directory = String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)])
    guard let free = freeBytes(at: directory.isEmpty ? "/" : directory), free < bytes + spareBytes else { return }
    throw FileProblem(
      "cannot write '\(path)': \(bytes) bytes and \(spareBytes) to spare are needed and \(free) are free; make room, or choose another disk",
      isFull: true)
  }

  /// What is left free: the database must be able to grow.
  private static let spareBytes: Int64 = 16 << 20

  private static func write(_ block: UnsafeRawBufferPointer, to target: Int32, _ path: String) throws {
    var rest = unsafe block
    while unsafe !rest.isEmpty {
      let count = unsafe Glibc.write(target, rest.baseAddress, rest.count)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw problem("write", path, errno) }
      unsafe rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(count))
    }
  }

  private static func beingWritten(_ path: String) -> FileProblem {
    FileProblem("cannot read '\(path)': it was written to meanwhile", isPassing: true)
  }

  private static func problem(_ verb: String, _ path: String, _ number: Int32) -> FileProblem {
    let reason = unsafe strerror(number).map { unsafe String(cString: $0) } ?? "error \(number)"
    return FileProblem("cannot \(verb) '\(path)': \(reason)", isFull: number == ENOSPC || number == EDQUOT)
  }
}
