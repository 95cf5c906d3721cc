// SPDX-License-Identifier: Apache-2.0
import Glibc
import JSON

/// The crash reports in the state directory, a folder a plugin: crashes/ID/TIME-PID.json.
package struct CrashReports: Sendable {
  /// Of each plugin; older ones are removed.
  package static let kept = 10
  static let maximumSize = 1 << 20

  private let directory: String

  /// - Parameter directory: `crashes` in the state directory; made when the first report is written.
  package init(_ directory: String) { self.directory = directory }

  /// Where the runtime of the plugins' processes may put its files; see `RuntimeBacktrace`. Made if it is missing.
  package func makeRuntimeFolder() throws(FileError) -> String {
    // No plugin's id begins with a dot.
    let path = "\(directory)/.runtime"
    try Folder.create(path)
    return path
  }

  /// Writes a report and removes the oldest beyond `kept`.
  ///
  /// - Returns: The path.
  @discardableResult
  package func write(_ report: CrashReport) throws(FileError) -> String {
    guard let folder = folder(of: report.plugin) else {
      throw FileError(verb: "write", path: "\(directory)/\(report.plugin)", cause: .system(EINVAL))
    }
    try Folder.create(folder)
    let path = "\(folder)/\(report.stamp)-\(report.pid).json"
    try SmallFile.replace(path, with: report.json.bytes(pretty: true))
    for name in names(in: folder).dropFirst(Self.kept) { unsafe unlink("\(folder)/\(name)") }
    return path
  }

  /// The newest one that can be read.
  package func latest(of id: String) -> CrashReport? {
    guard let folder = folder(of: id) else { return nil }
    return names(in: folder).lazy.compactMap { Self.read("\(folder)/\($0)") }.first
  }

  /// All that can be read, the newest first.
  package func list(of id: String) -> [CrashReport] {
    guard let folder = folder(of: id) else { return [] }
    return names(in: folder).compactMap { Self.read("\(folder)/\($0)") }
  }

  /// nil for what is no plugin's id and might lead elsewhere.
  private func folder(of id: String) -> String? { ManifestParser.isID(id) ? "\(directory)/\(id)" : nil }

  /// The newest first: the times in the names sort as text.
  private func names(in folder: String) -> [String] {
    ((try? Folder.names(in: folder)) ?? []).filter { $0.hasSuffix(".json") }.reversed()
  }

  private static func read(_ path: String) -> CrashReport? {
    guard let text = try? SmallFile.read(path, limit: maximumSize), let json = try? JSONValue(parsing: text) else { return nil }
    return CrashReport(json)
  }
}
