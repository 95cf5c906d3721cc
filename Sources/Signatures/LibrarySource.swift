// SPDX-License-Identifier: Apache-2.0

/// Where the functions are.
public enum LibrarySource: Sendable, Hashable {
  /// A file beside plugin.json, an absolute path, or a name that the system's loader knows.
  case single(String)
  /// Every library of a directory has them; each command is told which is meant.
  case directory(path: String, argument: String)
}
