// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import Glibc

@testable import Host

/// A directory of its own for one test, in which plugins are laid out.
final class PluginDirectory {
  let path: String

  init() { path = FixturePlugin.temporaryDirectory("jackfield-plugins") }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// Writes a file below the directory and returns its path; only the owner may write it.
  @discardableResult
  func write(_ name: String, _ bytes: some Sequence<UInt8>) throws -> String {
    let file = "\(path)/\(name)"
    try FileManager.default.createDirectory(
      atPath: file.parentDirectory, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o755])
    try Data(bytes).write(to: URL(filePath: file))
    chmod(file, 0o644)
    return file
  }

  @discardableResult
  func write(_ name: String, _ text: String) throws -> String { try write(name, text.utf8) }

  /// Compiles probe.c into a library below the directory.
  @discardableResult
  func library(_ name: String = "libProbe.so", _ options: [String] = []) throws -> String {
    try write(name, Self.bytes(FixturePlugin.library("probe.c", options)))
  }

  /// Compiles C text into a library below the directory.
  @discardableResult
  func compile(_ name: String, _ text: String, _ options: [String] = []) throws -> String {
    let source = try write("\(name).c", text)
    let file = "\(path)/\(name)"
    guard FixturePlugin.run(["cc", "-fPIC", "-shared", source, "-o", file] + options) == 0 else {
      throw FixturePlugin.CompilerFailure(arguments: [source] + options, status: 1)
    }
    chmod(file, 0o644)
    return file
  }

  /// Lays out a plugin with a manifest of that id; its library is compiled only when asked for.
  @discardableResult
  func plugin(_ id: String, in parent: String? = nil, members: String = "", withLibrary: Bool = false) throws -> String {
    let name = parent.map { "\($0)/\(id)" } ?? id
    try write("\(name)/plugin.json", Self.manifest(id, members))
    if withLibrary { try library("\(name)/libProbe.so", ["-DID=\"\(id)\""]) }
    return "\(path)/\(name)"
  }

  /// A small sound manifest.
  static func manifest(_ id: String, _ members: String = "") -> String {
    """
    {"schema": 1, "id": "\(id)", "version": "1.0.0", "abi": {"major": 1}, "library": "libProbe.so"\(members.isEmpty ? "" : ", " + members)}
    """
  }

  static func bytes(_ path: String) throws -> [UInt8] { Array(try Data(contentsOf: URL(filePath: path))) }
}

/// The sentence with which a library is refused; nil when it may be loaded.
func verdict(on library: String, in directory: String? = nil) -> String? {
  do throws(Refusal) {
    try PluginJudge().judge(library: library, in: directory ?? library.parentDirectory)
    return nil
  } catch {
    return error.message
  }
}
