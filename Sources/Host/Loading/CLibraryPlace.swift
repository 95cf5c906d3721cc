// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Signatures

/// Finds the file of a C library that a manifest names.
enum CLibraryPlace {
  /// The path of the library, or of the directory of many. A name that nobody knows is taken for a file beside plugin.json, where it is
  /// then missed.
  static func path(of interface: LibraryInterface, besides directory: String) -> String {
    switch interface.source {
    case .directory(let path, _): return path
    case .single(let name):
      if name.hasPrefix("/") { return name }
      let beside = "\(directory)/\(name)"
      if FileManager.default.fileExists(atPath: beside) { return beside }
      return SharedLibraryLocator(loaded: []).systemPath(of: name) ?? beside
    }
  }
}
