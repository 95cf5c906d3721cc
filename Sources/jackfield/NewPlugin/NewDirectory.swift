// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Glibc
import Host

/// A directory that appears with all its files or not at all.
struct NewDirectory {
  let path: String

  /// - Throws: When something is there already, other than an empty directory.
  init(_ path: String) throws(CommandFailure) {
    let path = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    guard Folder.holds(Self.name(path), in: Self.parent(path)) else {
      self.path = path
      guard Folder.resolved(Self.parent(path)) != nil else {
        throw CommandFailure("cannot make '\(path)': there is no directory '\(Self.parent(path))'; make it first")
      }
      return
    }
    guard let resolved = Folder.resolved(path), let names = try? Folder.names(in: resolved) else {
      throw CommandFailure(
        "cannot make '\(path)': there is something of that name that is no directory; choose another with --directory DIR")
    }
    guard names.isEmpty else {
      throw CommandFailure("cannot make '\(path)': the directory is not empty; choose another with --directory DIR")
    }
    self.path = resolved
  }

  private static func parent(_ path: String) -> String { Folder.parent(of: path) ?? "." }
  private static func name(_ path: String) -> String {
    String(path[(path.lastIndex(of: "/").map(path.index(after:)) ?? path.startIndex)...])
  }

  /// Writes beside it and renames.
  func fill(_ files: [ProjectTemplate.File]) throws(CommandFailure) {
    let draft = "\(Self.parent(path))/.\(Self.name(path)).\(getpid()).new"
    do {
      for file in files { try Self.write(file, in: draft) }
      guard unsafe rename(draft, path) == 0 else { throw CommandFailure(String(posixError: errno)) }
    } catch {
      try? FileManager.default.removeItem(atPath: draft)
      throw CommandFailure("cannot write '\(path)': \((error as? CommandFailure)?.description ?? "\(error)"); nothing was made")
    }
  }

  /// Modes are given, whatever the umask: a host refuses files that a group may write.
  private static func write(_ file: ProjectTemplate.File, in directory: String) throws {
    let path = "\(directory)/\(file.path)"
    let files = FileManager.default
    try files.createDirectory(atPath: parent(path), withIntermediateDirectories: true, attributes: [.posixPermissions: 0o755])
    try Data(file.text.utf8).write(to: URL(filePath: path))
    try files.setAttributes([.posixPermissions: 0o644], ofItemAtPath: path)
  }
}
