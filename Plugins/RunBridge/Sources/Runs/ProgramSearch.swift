// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import PluginSDK

/// Finds a program as a shell would.
enum ProgramSearch {
  /// - Parameters:
  ///   - path: The folders to look in, as the variable PATH has them.
  ///   - directory: Where relative paths begin, absolute.
  /// - Returns: The program's path from the root on.
  /// - Throws: `PluginFailure` with code `command_not_found` or `not_executable`.
  static func find(_ program: String, path: String, in directory: String) throws -> String {
    let candidates =
      program.contains("/")
      ? [absolute(program, directory)]
      : path.split(separator: ":", omittingEmptySubsequences: false).map { absolute($0.isEmpty ? program : "\($0)/\(program)", directory) }
    if let found = candidates.first(where: isProgram) { return found }
    if let found = candidates.first(where: exists) {
      throw PluginFailure(
        "cannot run '\(program)': '\(found)' is no program that may be executed; name its interpreter, or make it executable",
        code: "not_executable", status: .invalid)
    }
    throw PluginFailure(
      program.contains("/")
        ? "cannot run '\(program)': there is no such file; correct the path"
        : "cannot run '\(program)': there is no such command in PATH; correct it, or give its whole path",
      code: "command_not_found", status: .notFound)
  }

  private static func absolute(_ path: String, _ directory: String) -> String {
    path.hasPrefix("/") ? path : directory + (directory.hasSuffix("/") ? "" : "/") + path
  }

  private static func isProgram(_ path: String) -> Bool {
    unsafe access(path, X_OK) == 0 && !SmallFile.isDirectory(path)
  }

  private static func exists(_ path: String) -> Bool { unsafe access(path, F_OK) == 0 }
}
