// SPDX-License-Identifier: Apache-2.0
import Glibc

/// A directory of the host's own with all that is below it.
package enum FileTree {
  /// Everything below a directory by its path from there, the directory itself as "".
  package static func identities(below path: String) throws(FileError) -> [String: FileIdentity] {
    var found: [String: FileIdentity] = [:]
    var pending = [""]
    while let name = pending.popLast() {
      let place = name.isEmpty ? path : "\(path)/\(name)"
      let identity = try FileIdentity(path: place)
      found[name] = identity
      guard identity.isDirectory else { continue }
      for child in try Folder.names(in: place) { pending.append(name.isEmpty ? child : "\(name)/\(child)") }
    }
    return found
  }

  /// Takes away everybody's right to write to the directories.
  package static func seal(_ path: String) throws(FileError) {
    for (name, identity) in try identities(below: path) where identity.isDirectory {
      try changeMode(name.isEmpty ? path : "\(path)/\(name)", 0o500)
    }
  }

  /// Removes a directory with all below it, also when it is sealed; links are removed and not followed. A missing one is no error.
  package static func remove(_ path: String) throws(FileError) {
    do throws(FileError) {
      guard try FileIdentity(path: path).isDirectory else {
        guard unsafe unlink(path) == 0 else { throw FileError(verb: "remove", path: path, cause: .system(errno)) }
        return
      }
    } catch {
      if error.isMissing { return }
      throw error
    }
    try changeMode(path, 0o700)
    for name in try Folder.names(in: path) { try remove("\(path)/\(name)") }
    guard unsafe rmdir(path) == 0 else { throw FileError(verb: "remove", path: path, cause: .system(errno)) }
  }

  private static func changeMode(_ path: String, _ mode: mode_t) throws(FileError) {
    guard unsafe chmod(path, mode) == 0 else { throw FileError(verb: "change the mode of", path: path, cause: .system(errno)) }
  }
}
