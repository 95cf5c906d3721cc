// SPDX-License-Identifier: Apache-2.0

internal import PluginSDK

/// Finds the connection file that somebody means: by path, by a kernel's id, by a part of the name.
struct ConnectionFileSearch: Sendable {
  let runtimeDirectory: String

  /// - Parameter wanted: A path from the root on; else a kernel's id, a file's name, a pattern with `*` and `?`, or a part of a name. Of several
  ///   the one that was read last is meant, among those whose kernel still listens.
  func find(_ wanted: String) throws -> ConnectionFile {
    if wanted.hasPrefix("/") { return try ConnectionFile(wanted) }
    guard !wanted.contains("/") else {
      throw PluginFailure("cannot find the kernel '\(wanted)': give the connection file's path from the root on", status: .invalid)
    }
    let names = LocalFiles.names(in: runtimeDirectory).filter {
      $0.hasSuffix(".json") && !$0.hasPrefix("jpserver-") && !$0.hasPrefix("nbserver-")
    }
    for exact in [wanted, "kernel-\(wanted).json", "\(wanted).json"] where names.contains(exact) {
      return try ConnectionFile("\(runtimeDirectory)/\(exact)")
    }
    let pattern = wanted.contains { "*?".contains($0) } ? wanted : "*\(wanted)*"
    let fitting = names.filter { Self.matches(Array($0.utf8)[...], Array(pattern.utf8)[...]) }.map { "\(runtimeDirectory)/\($0)" }
    guard !fitting.isEmpty else {
      throw PluginFailure(
        "there is no connection file like '\(wanted)' in '\(runtimeDirectory)'; give its path, or set JUPYTER_RUNTIME_DIR as the kernel's "
          + "starter has it", code: "no_kernel", status: .notFound)
    }
    return try newest(of: fitting)
  }

  private func newest(of paths: [String]) throws -> ConnectionFile {
    let sorted = paths.sorted { (LocalFiles.accessed($0) ?? 0, $1) > (LocalFiles.accessed($1) ?? 0, $0) }
    let alive = sorted.lazy.compactMap { try? ConnectionFile($0) }.first { KernelDoor.isOpen($0.info) }
    return try alive ?? ConnectionFile(sorted[0])
  }

  /// `*` and `?` as in a shell; linear but for the stars, of which the last is tried again only.
  static func matches(_ text: ArraySlice<UInt8>, _ pattern: ArraySlice<UInt8>) -> Bool {
    var (text, pattern) = (text, pattern)
    var star: (text: ArraySlice<UInt8>, pattern: ArraySlice<UInt8>)?
    while let byte = text.first {
      if pattern.first == UInt8(ascii: "*") {
        pattern = pattern.dropFirst()
        star = (text, pattern)
      } else if pattern.first == UInt8(ascii: "?") || pattern.first == byte {
        (text, pattern) = (text.dropFirst(), pattern.dropFirst())
      } else if let last = star {
        (text, pattern) = (last.text.dropFirst(), last.pattern)
        star = (text, pattern)
      } else {
        return false
      }
    }
    return pattern.allSatisfy { $0 == UInt8(ascii: "*") }
  }
}
