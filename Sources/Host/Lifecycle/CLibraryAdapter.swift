// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import JSON
import PluginBridge

/// The library that is loaded in place of a plugin of kind "c-library". It comes with the host, and knows which functions to call from
/// the manifest that it is handed.
enum CLibraryAdapter {
  /// Makes terms for the adapter out of those for the C library.
  ///
  /// - Throws: `Refusal` when the adapter is not installed.
  static func stand(in terms: inout InstanceTerms, manifest: Manifest, settings: JSONValue) throws(Refusal) {
    let handed: JSONValue = ["manifest": manifest.document, "library": .string(terms.libraryPath), "settings": settings]
    terms.configuration = handed.bytes()
    terms.libraryPath = try path()
    terms.isAdapter = true
  }

  static let fileName = "libCLibrary.so"

  /// Where it may be: below the prefix that this program is installed in, or beside it, as after a build.
  static func places(program: String) -> [String] {
    let directory = program.parentDirectory
    return ["\(directory.parentDirectory)/lib/jackfield/\(fileName)", "\(directory)/\(fileName)"]
  }

  static func path(program: String = FilePaths.target(ofLink: "/proc/self/exe") ?? "") throws(Refusal) -> String {
    let places = places(program: program)
    if let place = places.first(where: { FileManager.default.fileExists(atPath: $0) }) { return place }
    throw Refusal(
      .notFound, path: places[0],
      "the adapter for C libraries is neither there nor at '\(places[1])'; install the whole of jackfield, or disable the plugin")
  }
}
