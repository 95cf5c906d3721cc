// SPDX-License-Identifier: Apache-2.0
// Code is only as trustworthy as everybody who can replace it: whoever may write a file, or rename any directory above it.
import Glibc

/// Looks at who could change a file, from the root directory down to it.
struct FileTrust {
  enum Failure: Error, Hashable {
    /// The number of the system's error, and where.
    case system(Int32, String)
    case foreignOwner(uid_t, String)
    case writableByOthers(mode_t, String)
    case tooManyLinks
  }

  /// Directories found sound, by their real path: plugins share most of them.
  private var sound: Set<String> = []
  private let user = geteuid()

  /// Checks a path and every directory above it, also those that symbolic links lead through.
  ///
  /// - Returns: The real path.
  mutating func check(_ path: String) throws(Failure) -> String {
    var pending = Array(Self.absolute(path).split(separator: "/").map(String.init).reversed())
    var real: [String] = []
    var links = 0
    try check("/", isLast: pending.isEmpty)
    while let part = pending.popLast() {
      if part == "." { continue }
      if part == ".." {
        _ = real.popLast()
        continue
      }
      let place = "/" + (real + [part]).joined(separator: "/")
      if let target = try link(at: place) {
        links += 1
        guard links <= 40 else { throw .tooManyLinks }
        if target.hasPrefix("/") { real = [] }
        pending += target.split(separator: "/").map(String.init).reversed()
        continue
      }
      real.append(part)
      // The directory that holds the file must be closed to others even when it is sticky: anybody could put a library beside the
      // plugin there, and $ORIGIN would find it.
      try check(place, isLast: pending.count <= 1)
    }
    return "/" + real.joined(separator: "/")
  }

  /// The target of a symbolic link; nil for everything else.
  private func link(at path: String) throws(Failure) -> String? {
    let status = try Self.status(path)
    guard status.st_mode & S_IFMT == S_IFLNK else { return nil }
    guard isTrusted(status.st_uid) else { throw .foreignOwner(status.st_uid, path) }
    guard let target = FilePaths.target(ofLink: path) else { throw .system(errno, path) }
    return target
  }

  private mutating func check(_ path: String, isLast: Bool) throws(Failure) {
    let key = isLast ? path + "/" : path
    if sound.contains(key) { return }
    let status = try Self.status(path)
    guard isTrusted(status.st_uid) else { throw .foreignOwner(status.st_uid, path) }
    if status.st_mode & (S_IWGRP | S_IWOTH) != 0 {
      // In a sticky directory such as /tmp only the owner may rename or remove an entry, and the owner of the next part of the
      // path is checked in its turn.
      let isSticky = status.st_mode & S_IFMT == S_IFDIR && status.st_mode & S_ISVTX != 0
      guard isSticky, !isLast else { throw .writableByOthers(status.st_mode & 0o7777, path) }
    }
    if status.st_mode & S_IFMT == S_IFDIR { sound.insert(key) }
  }

  private func isTrusted(_ owner: uid_t) -> Bool { owner == 0 || owner == user }

  private static func status(_ path: String) throws(Failure) -> stat {
    var status = stat()
    guard unsafe lstat(path, &status) == 0 else { throw .system(errno, path) }
    return status
  }

  private static func absolute(_ path: String) -> String {
    guard !path.hasPrefix("/") else { return path }
    return (FilePaths.currentDirectory ?? "") + "/" + path
  }
}
