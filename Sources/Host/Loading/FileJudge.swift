// SPDX-License-Identifier: Apache-2.0
import Glibc

/// Says in a sentence why a file must not be loaded from where it lies. What it says of code it says of plugin.json too.
struct FileJudge {
  private var trust = FileTrust()

  /// Checks that it is a regular file within the directory, and that nobody but its owner and root can change it.
  mutating func check(_ path: String, in directory: String) throws(Refusal) {
    try Self.checkKind(path, S_IFREG)
    let real: String
    do throws(FileTrust.Failure) { real = try trust.check(path) } catch {
      // Where a link leads is said first: it is what has to be put right first.
      try Self.checkPlace(FilePaths.real(path) ?? path, path, directory)
      throw Refusal(error.code, path: path, error.cause(of: path))
    }
    try Self.checkPlace(real, path, directory)
  }

  private static func checkKind(_ path: String, _ kind: mode_t) throws(Refusal) {
    var status = stat()
    guard unsafe stat(path, &status) == 0 else { throw refusal(.system(errno), path) }
    guard status.st_mode & S_IFMT == kind else {
      guard kind == S_IFREG else { throw Refusal(.notRegular, path: path, "it is no directory; correct the path") }
      throw refusal(.notRegular, path)
    }
  }

  /// Checks a file, or a directory, that may be anywhere: nobody but its owner and root can change it.
  mutating func checkAnywhere(_ path: String, isDirectory: Bool = false) throws(Refusal) {
    try Self.checkKind(path, isDirectory ? S_IFDIR : S_IFREG)
    do throws(FileTrust.Failure) { _ = try trust.check(path) } catch {
      throw Refusal(error.code, path: path, error.cause(of: path))
    }
  }

  /// Checks a library that the plugin brings into the process.
  mutating func checkNeeded(_ path: String, by plugin: String) throws(Refusal) {
    do throws(FileTrust.Failure) { _ = try trust.check(path) } catch {
      throw Refusal(error.code, path: plugin, "it needs '\(path)': \(error.cause(of: path))")
    }
  }

  private static func checkPlace(_ real: String, _ path: String, _ directory: String) throws(Refusal) {
    let home = FilePaths.real(directory) ?? directory
    guard !real.hasPrefix(home == "/" ? home : home + "/") else { return }
    throw Refusal(
      .outsideDirectory, path: path,
      "it is a link to '\(real)', outside of the plugin's directory; put the file itself into '\(directory)'")
  }

  static func refusal(_ failure: PlainFile.Failure, _ path: String) -> Refusal {
    switch failure {
    case .notRegular: Refusal(.notRegular, path: path, "it is not a regular file; put the file itself there")
    case .system(ENOENT), .system(ENOTDIR):
      Refusal(.notFound, path: path, "there is no such file; build the plugin, or correct 'library' in its plugin.json")
    case .system(let number):
      Refusal(
        .unreadable, path: path,
        "it cannot be read (\(String(posixError: number).lowercasedFirst)); let the host's user read it: chmod u+r '\(path)'")
    }
  }
}

extension FileTrust.Failure {
  var code: Refusal.Code {
    switch self {
    case .system, .tooManyLinks: .unreadable
    case .foreignOwner: .foreignOwner
    case .writableByOthers: .writableByOthers
    }
  }

  /// The cause and the cure.
  func cause(of path: String) -> String {
    switch self {
    case .system(let number, let place):
      "\(Self.subject(place, path)) cannot be looked at (\(String(posixError: number).lowercasedFirst)); let the host's user read it"
    case .foreignOwner(let owner, let place):
      "\(Self.subject(place, path)) belongs to user \(owner), who could change it; give it to the host's user: chown \(geteuid()) '\(place)'"
    case .writableByOthers(let mode, let place):
      "\(Self.subject(place, path)) can be changed by group or others (mode \(Self.octal(mode))); take that away: chmod go-w '\(place)'"
    case .tooManyLinks: "too many symbolic links lead to it; put the file itself there"
    }
  }

  private static func subject(_ place: String, _ path: String) -> String { place == path ? "it" : "'\(place)'" }

  private static func octal(_ mode: mode_t) -> String {
    let digits = String(mode, radix: 8)
    return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
  }
}
