// SPDX-License-Identifier: Apache-2.0
// C libraries have no entry; what counts is that the functions of the manifest are there, and are functions.
import FoundationEssentials
import Signatures

extension PluginJudge {
  /// Judges the library of a manifest of kind "c-library", or the directory of many.
  ///
  /// - Returns: What comes with the plugin, still open; a library of the system is the system's.
  @discardableResult
  func judge(_ interface: LibraryInterface, at path: String, in directory: String) throws(Refusal) -> [SharedLibrary] {
    if case .directory = interface.source {
      try judge(librariesIn: path)
      return []
    }
    try checkPlace(interface, path, directory)
    let image = try image(path)
    let library = try Self.translating(path) { () throws(ELFFault) in try SharedLibrary(image) }
    for check in loading { try check(library) }
    let closure = try closure(of: library)
    for function in interface.functions {
      try Self.check(library.symbols.definition(of: ArraySlice(function.symbol.utf8)), function, library)
    }
    for function in interface.freeing { try Self.check(closure.definition(of: function.symbol), function, library) }
    return path.parentDirectory == directory ? [library] + closure.companions : []
  }

  private func checkPlace(_ interface: LibraryInterface, _ path: String, _ directory: String) throws(Refusal) {
    guard path.parentDirectory == directory else { return try files.checkAnywhere(path) }
    if case .single(let name) = interface.source, !name.hasPrefix("/"), !FileManager.default.fileExists(atPath: path) {
      throw Refusal(
        .notFound, path: path,
        "there is no such file beside plugin.json, and the system's loader knows none of that name; install the library, or correct 'library'"
      )
    }
    try files.check(path, in: directory)
  }

  /// Each library is looked at when it is first asked for; they may be many.
  private func judge(librariesIn path: String) throws(Refusal) {
    try files.checkAnywhere(path, isDirectory: true)
    let names = try? FileManager.default.contentsOfDirectory(atPath: path)
    guard names?.contains(where: { $0.hasSuffix(".so") && !$0.hasPrefix(".") }) == true else {
      throw Refusal(.notFound, path: path, "it has no file that ends in '.so'; install the libraries, or correct 'libraries.directory'")
    }
  }

  private static func check(
    _ symbol: ELFSymbols.Symbol?, _ function: (symbol: String, user: String), _ library: SharedLibrary
  ) throws(Refusal) {
    guard let symbol else {
      throw Refusal(
        .missingSymbol, path: library.path,
        "it has no '\(function.symbol)', which \(function.user) calls; 'nm -D' lists what it has: correct the signature")
    }
    guard symbol.isFunction else {
      throw Refusal(
        .missingSymbol, path: library.path,
        "its '\(function.symbol)', which \(function.user) calls, is data and no function; correct the signature")
    }
  }

  /// Everything there is to say against it that does not hide the rest.
  func refusals(_ interface: LibraryInterface, at path: String, in directory: String) -> [Refusal] {
    do throws(Refusal) { try judge(interface, at: path, in: directory) } catch { return [error] }
    return []
  }
}
