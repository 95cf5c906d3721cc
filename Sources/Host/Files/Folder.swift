// SPDX-License-Identifier: Apache-2.0
import Glibc

/// What the host does with directories.
package enum Folder {
  /// Names of what a directory holds, sorted, without "." and "..".
  package static func names(in path: String) throws(FileError) -> [String] {
    guard let stream = unsafe opendir(path) else { throw FileError(verb: "read", path: path, cause: .system(errno)) }
    defer { unsafe closedir(stream) }
    var names: [String] = []
    while let entry = unsafe readdir(stream) {
      let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) {
        unsafe $0.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  /// Makes a directory and those above it, each for its owner alone (0700); existing ones stay as they are.
  package static func create(_ path: String) throws(FileError) {
    if unsafe mkdir(path, 0o700) == 0 || errno == EEXIST { return try requireDirectory(path) }
    guard errno == ENOENT, let parent = parent(of: path) else { throw FileError(verb: "make directory", path: path, cause: .system(errno)) }
    try create(parent)
    guard unsafe mkdir(path, 0o700) == 0 || errno == EEXIST else {
      throw FileError(verb: "make directory", path: path, cause: .system(errno))
    }
  }

  /// The directory above; nil above "/" and above a single relative name.
  package static func parent(of path: String) -> String? {
    guard let slash = path.lastIndex(of: "/"), path != "/" else { return nil }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  /// Whether a directory has an entry of that name, of whatever kind; also when that cannot be told, so that using it says why.
  package static func holds(_ name: String, in path: String) -> Bool {
    var status = stat()
    return unsafe lstat("\(path)/\(name)", &status) == 0 || errno != ENOENT && errno != ENOTDIR
  }

  /// The path without symbolic links, "." and ".."; nil when it does not exist.
  package static func resolved(_ path: String) -> String? {
    guard let resolved = unsafe realpath(path, nil) else { return nil }
    defer { unsafe free(resolved) }
    return unsafe String(cString: resolved)
  }

  private static func requireDirectory(_ path: String) throws(FileError) {
    var status = stat()
    guard unsafe stat(path, &status) == 0 else { throw FileError(verb: "make directory", path: path, cause: .system(errno)) }
    guard status.st_mode & S_IFMT == S_IFDIR else { throw FileError(verb: "make directory", path: path, cause: .system(ENOTDIR)) }
  }
}
