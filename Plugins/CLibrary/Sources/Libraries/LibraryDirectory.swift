// SPDX-License-Identifier: Apache-2.0

import Glibc
import PluginSDK

/// A directory whose libraries all have the same functions.
struct LibraryDirectory: Sendable {
  let path: String
  /// The member of the input that names one of them.
  let argument: String

  /// The file of a name, which comes from a caller: only what lies in this very directory will do.
  func path(of name: String, for command: String) throws(PluginFailure) -> String {
    guard isPlain(name) else {
      throw refusal(command, name, "write the name of a file in '\(path)' without its '.so' and without '/'")
    }
    let file = "\(path)/\(name).so"
    var status = stat()
    guard unsafe lstat(file, &status) == 0 else { throw refusal(command, name, "'\(path)' has no '\(name).so'") }
    guard status.st_mode & S_IFMT == S_IFREG else { throw refusal(command, name, "'\(file)' is no file but leads elsewhere") }
    guard status.st_uid == 0 || status.st_uid == geteuid(), status.st_mode & (S_IWGRP | S_IWOTH) == 0 else {
      throw refusal(command, name, "others could change '\(file)'; let it belong to root or the host's user, and take 'go-w' from it")
    }
    return file
  }

  private func isPlain(_ name: String) -> Bool {
    (1...200).contains(name.utf8.count) && !name.hasPrefix(".") && !name.utf8.contains { $0 == UInt8(ascii: "/") || $0 < 0x20 }
  }

  private func refusal(_ command: String, _ name: String, _ cause: String) -> PluginFailure {
    PluginFailure("cannot call '\(command)': '\(argument)' is '\(name)'; \(cause)", code: "no_library", status: .notFound)
  }
}
