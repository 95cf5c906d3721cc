// SPDX-License-Identifier: Apache-2.0
// Copies of what may be loaded, each named by its digest. A library is loaded from here, so writing over the original harms nobody, what
// was judged is what is loaded, and other bytes always have another path.
import CLinux
import Crypto
import Glibc
import Synchronization

/// The directory of those copies.
final class PluginStore: Sendable {
  static let maximumSize = 1 << 30

  let directory: String
  private let logger: Logger
  /// By digest: how an entry looked when its bytes were read last. Spares reading them again within this process.
  private let read = Mutex<[String: [String: FileIdentity]]>([:])

  /// - Parameter directory: Made when it is first needed.
  init(directory: String, logger: Logger) {
    self.directory = directory
    self.logger = logger
  }

  /// Gives the directory with exactly these files, and nothing else in it; makes it if it is not there.
  func place(_ files: PluginFiles, _ digest: PluginDigest) throws(TrustFault) -> String {
    let entry = "\(directory)/\(digest.sha256)"
    if try isThere(entry) {
      if try isSound(entry, files, digest) { return entry }
      logger.warning("stored plugin damaged, storing it anew", ["path": entry])
      try TrustFault.translating { () throws(FileError) in try FileTree.remove(entry) }
    }
    try prepare()
    try make(entry, files, digest)
    return entry
  }

  /// Removes all entries but these, and what a host that was killed left half done.
  func removeAll(but kept: Set<String>) {
    let names = (try? Folder.names(in: directory)) ?? []
    for name in names where !kept.contains(name) && (PluginDigest.isSHA256(name) || name.hasPrefix(Self.unfinished)) {
      do throws(FileError) { try FileTree.remove("\(directory)/\(name)") } catch {
        logger.warning("stored plugin not removed", ["reason": "\(error)"])
      }
    }
  }

  private static let unfinished = ".new-"

  // MARK: Reading

  private func isThere(_ entry: String) throws(TrustFault) -> Bool {
    do throws(FileError) {
      _ = try FileIdentity(path: entry)
      return true
    } catch {
      if error.isMissing { return false }
      throw TrustFault(error)
    }
  }

  /// Whether an entry has the bytes of these files, whose digest is known, and nothing else.
  private func isSound(_ entry: String, _ files: PluginFiles, _ digest: PluginDigest) throws(TrustFault) -> Bool {
    let present = try TrustFault.translating { () throws(FileError) in try FileTree.identities(below: entry) }
    if read.withLock({ $0[digest.sha256] }) == present { return true }
    let stored = present.filter { !$0.value.isDirectory }
    guard present[""]?.isDirectory == true, Set(stored.keys) == Set(digest.files.keys), stored.values.allSatisfy(\.isRegularFile) else {
      return false
    }
    for file in files.files {
      guard let copy = try? PlainFile("\(entry)/\(file.name)"), try Self.isSame(file, copy) else { return false }
    }
    read.withLock { $0[digest.sha256] = present }
    return true
  }

  private static func isSame(_ file: PluginFiles.File, _ copy: PlainFile) throws(TrustFault) -> Bool {
    switch file.content {
    case .open(let original): try FileBlocks(original).isSame(as: copy)
    case .text(let text): copy.everything(limit: text.count) == text
    }
  }

  // MARK: Writing

  /// Makes the store, and sees that nobody else can put something into it.
  private func prepare() throws(TrustFault) {
    try TrustFault.translating { () throws(FileError) in try Folder.create(directory) }
    var trust = FileTrust()
    do throws(FileTrust.Failure) { _ = try trust.check(directory) } catch {
      throw .unstorable("'\(directory)' is not safe", cure: error.cause(of: directory))
    }
    var forbids = false
    if unsafe linux_forbids_execution(directory, &forbids) == 0, forbids {
      throw .unstorable("no code may be run from '\(directory)', whose file system is mounted 'noexec'", cure: "choose another --home")
    }
  }

  /// Under another name first, so that there is all of an entry or nothing.
  private func make(_ entry: String, _ files: PluginFiles, _ digest: PluginDigest) throws(TrustFault) {
    guard files.size <= Self.maximumSize else {
      throw .unstorable("its files have more than \(Self.maximumSize >> 20) MiB", cure: "strip them ('strip --strip-unneeded')")
    }
    let unfinished = "\(directory)/\(Self.unfinished)\(getpid())-\(digest.sha256)"
    do throws(TrustFault) {
      try TrustFault.translating { () throws(FileError) in try FileTree.remove(unfinished) }
      for file in files.files {
        guard try copy(file, into: unfinished).description == digest.files[file.name] else { throw TrustFault.beingWritten(file.path) }
      }
      try TrustFault.translating { () throws(FileError) in try FileTree.seal(unfinished) }
      guard unsafe rename(unfinished, entry) == 0 else {
        throw TrustFault(FileError(verb: "write", path: entry, cause: .system(errno)))
      }
    } catch {
      try? FileTree.remove(unfinished)
      throw error
    }
    let made = try TrustFault.translating { () throws(FileError) in try FileTree.identities(below: entry) }
    read.withLock { $0[digest.sha256] = made }
  }

  private func copy(_ file: PluginFiles.File, into directory: String) throws(TrustFault) -> SHA256Digest {
    let path = "\(directory)/\(file.name)"
    try TrustFault.translating { () throws(FileError) in try Folder.create(path.parentDirectory) }
    let target = unsafe open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard target >= 0 else { throw TrustFault(FileError(verb: "write", path: path, cause: .system(errno))) }
    defer { close(target) }
    let digest: SHA256Digest
    switch file.content {
    case .open(let source): digest = try FileBlocks(source).copy(to: target, path: path)
    case .text(let text): digest = try FileBlocks.write(text, to: target, path: path)
    }
    guard fchmod(target, file.isCode ? 0o500 : 0o400) == 0 else {
      throw TrustFault(FileError(verb: "write", path: path, cause: .system(errno)))
    }
    return digest
  }
}

extension PluginFiles.File {
  fileprivate var path: String {
    switch content {
    case .open(let file): file.path
    case .text: name
    }
  }

  fileprivate var isCode: Bool {
    if case .open = content { true } else { false }
  }
}
