// SPDX-License-Identifier: Apache-2.0

internal import CLinux
internal import FoundationEssentials
internal import Glibc
internal import PluginSDK

/// What is done with names of files rather than with their bytes.
enum FileSystem {
  /// What has a name, links not followed.
  enum Kind { case nothing, file, directory, link, special }

  static func kind(of path: String) -> Kind {
    var status = stat()
    guard unsafe lstat(path, &status) == 0 else { return .nothing }
    switch status.st_mode & S_IFMT {
    case S_IFREG: return .file
    case S_IFDIR: return .directory
    case S_IFLNK: return .link
    default: return .special
    }
  }

  /// In bytes; nil when there is no plain file of that name.
  static func size(of path: String) -> Int64? {
    var status = stat()
    guard unsafe lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
    return Int64(status.st_size)
  }

  /// The file that a path leads to by way of links; the path itself when it leads nowhere.
  static func resolved(_ path: String) -> String {
    guard let real = unsafe realpath(path, nil) else { return path }
    defer { unsafe free(real) }
    return unsafe String(cString: real)
  }

  /// Makes a directory for its owner alone; its parents must be there.
  static func makeDirectory(_ path: String) throws {
    guard unsafe mkdir(path, 0o700) == 0 else { throw failure("make the directory", path, errno) }
  }

  /// Makes a directory and those above it, as far as they are missing.
  static func makeDirectories(_ path: String) throws {
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
  }

  /// Removes whatever has that name and all that is in it. What cannot be removed stays.
  static func remove(_ path: String) {
    try? FileManager.default.removeItem(atPath: path)
  }

  /// The names in a directory, in order.
  static func names(in directory: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: directory).sorted()
  }

  /// Gives something its final name, and has the disk take it.
  ///
  /// - Throws: `PluginFailure` of code `exists` when something has that name.
  static func publish(_ path: String, as name: String) throws {
    let result = unsafe linux_rename_new(path, name)
    guard result != -EEXIST else { throw exists(name) }
    guard result == 0 else { throw failure("write", name, -result) }
    try synchronizeDirectory(parent(of: name))
  }

  static func exists(_ path: String) -> PluginFailure {
    PluginFailure("cannot write '\(path)': it exists already; name a new one or remove it", code: "exists", status: .invalid)
  }

  /// Has the disk take what was made or renamed in a directory.
  static func synchronizeDirectory(_ path: String) throws {
    let descriptor = unsafe open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw failure("write", path, errno) }
    defer { close(descriptor) }
    // Some file systems of the network have no such thing: they refuse with EINVAL and are as safe as they will be.
    guard fsync(descriptor) == 0 || errno == EINVAL else { throw failure("write", path, errno) }
  }

  /// Has the disk take a whole file that somebody else wrote.
  static func synchronizeFile(_ path: String) throws {
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
    guard descriptor >= 0 else { throw failure("write", path, errno) }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw failure("write", path, errno) }
  }

  /// Refuses when a file system has not that much room.
  static func requireSpace(_ bytes: Int64, at directory: String, for what: String) throws {
    var status = statvfs()
    guard unsafe statvfs(directory, &status) == 0 else { throw failure("look at", directory, errno) }
    let (free, overflow) = UInt64(status.f_bavail).multipliedReportingOverflow(by: UInt64(status.f_frsize))
    guard overflow || bytes <= 0 || free >= UInt64(bytes) else {
      throw PluginFailure(
        "cannot write \(what): it needs about \(megabytes(bytes)) and '\(directory)' has \(megabytes(Int64(clamping: free))) free; "
          + "free space or name another disk", code: "disk_full")
    }
  }

  private static func megabytes(_ bytes: Int64) -> String { "\((bytes + 999_999) / 1_000_000) MB" }

  static func parent(of path: String) -> String {
    let above = path.split(separator: "/", omittingEmptySubsequences: false).dropLast().joined(separator: "/")
    return above.isEmpty ? "/" : above
  }

  static func name(of path: String) -> String { path.split(separator: "/").last.map(String.init) ?? path }

  /// A path as a person gives it, made fit for use: absolute, without a slash at its end.
  static func target(_ path: String) throws -> String {
    guard path.hasPrefix("/"), !path.utf8.contains(0) else {
      throw PluginFailure("the path '\(path)' is not absolute; give one that begins with '/'", code: "path_not_absolute", status: .invalid)
    }
    var path = path
    while path.utf8.count > 1, path.hasSuffix("/") { path.removeLast() }
    guard path != "/" else { throw PluginFailure("the path '/' is no place for a file; name one", code: "bad_path", status: .invalid) }
    return path
  }

  /// A name that nobody else has chosen.
  static func temporaryName(beside path: String) -> String {
    let number = String(UInt64.random(in: 0 ... .max), radix: 16)
    return "\(parent(of: path) == "/" ? "" : parent(of: path))/.\(name(of: path).prefix(100)).partial-\(number)"
  }

  /// An error of the system as a sentence.
  static func failure(_ verb: String, _ path: String, _ number: Int32) -> PluginFailure {
    let words = unsafe String(cString: strerror(number))
    let cure =
      switch number {
      case ENOSPC, EDQUOT: "; the disk is full: free space or name another disk; nothing was left behind"
      case EACCES, EPERM, EROFS: "; make it accessible or name another place"
      case ENOENT: "; make the directory first or name another place"
      default: ""
      }
    return PluginFailure(
      "cannot \(verb) '\(path)': \(words)\(cure)", code: number == ENOSPC || number == EDQUOT ? "disk_full" : "file_error")
  }

  /// Whether a number of the system says that there is no room.
  static func isFull(_ number: Int32) -> Bool { number == ENOSPC || number == EDQUOT }
}
