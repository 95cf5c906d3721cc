// SPDX-License-Identifier: Apache-2.0
import Glibc
import Host

/// Why a command could not be begun, with the exit status a shell would give.
struct ScriptFault: Error, CustomStringConvertible {
  static let notFound: Int32 = 127
  static let notExecutable: Int32 = 126

  let description: String
  let status: Int32

  init(_ command: String, error: Int32) {
    switch error {
    case ENOENT where command.contains("/") && isThere(command):
      description = "cannot run '\(command)': the program that its first line names does not exist; correct that line"
      status = Self.notExecutable
    case ENOENT:
      let reason = command.contains("/") ? "there is no such file; correct the path" : "there is no such command in PATH; correct it"
      description = "cannot run '\(command)': \(reason)"
      status = Self.notFound
    case EACCES:
      description = "cannot run '\(command)': it may not be executed; name its interpreter, or make it executable"
      status = Self.notExecutable
    case ENOEXEC:
      description = "cannot run '\(command)': it is no program; name its interpreter"
      status = Self.notExecutable
    default:
      description = "cannot run '\(command)': \(String(posixError: error))"
      status = Self.notExecutable
    }
  }
}

private func isThere(_ path: String) -> Bool { unsafe access(path, F_OK) == 0 }
