// SPDX-License-Identifier: Apache-2.0

internal import Crypto
internal import FoundationEssentials
internal import PluginSDK

/// All files of the page, in memory: what is served is what was there when the plugin began, whatever happens to the folder.
struct WebFiles: Sendable {
  /// By their path below the folder.
  let files: [String: WebFile]
  /// Of all names and contents: another page has another one.
  let hash: String

  private static let mostFiles = 2_000
  private static let mostBytes = 32 << 20
  private static let depth = 8

  subscript(path: String) -> WebFile? { files[path] }

  /// Reads a folder. Hidden files, links, and files of no known kind are left out.
  init(folder: String) throws {
    var files: [String: WebFile] = [:]
    var size = 0
    for path in try Self.paths(folder, "", depth: Self.depth).sorted() {
      guard let type = WebFile.type(of: path), let data = FileManager.default.contents(atPath: "\(folder)/\(path)") else { continue }
      size += data.count
      guard files.count < Self.mostFiles, size <= Self.mostBytes else {
        throw PluginFailure(
          "cannot serve the page: '\(folder)' holds more than \(Self.mostFiles) files or \(Self.mostBytes >> 20) MiB; is it the right folder?"
        )
      }
      files[path] = WebFile(type: type, body: Array(data))
    }
    try self.init(files)
  }

  init(_ files: [String: WebFile]) throws {
    guard files["index.html"] != nil else {
      throw PluginFailure(
        "cannot serve the page: its files are not beside the plugin's library, in 'web/'; install Jackfield again", code: "no_page")
    }
    self.files = files
    hash = try Self.hash(files)
  }

  private static func paths(_ folder: String, _ below: String, depth: Int) throws -> [String] {
    guard depth > 0 else { return [] }
    let names = (try? FileManager.default.contentsOfDirectory(atPath: "\(folder)/\(below)")) ?? []
    return try names.filter { !$0.hasPrefix(".") }.flatMap { name -> [String] in
      let path = below.isEmpty ? name : "\(below)/\(name)"
      let kind = try FileManager.default.attributesOfItem(atPath: "\(folder)/\(path)")[.type] as? FileAttributeType
      return switch kind {
      case .typeDirectory: try paths(folder, path, depth: depth - 1)
      case .typeRegular: [path]
      default: []
      }
    }
  }

  private static func hash(_ files: [String: WebFile]) throws -> String {
    let digest = try SHA256()
    for (path, file) in files.sorted(by: { $0.key < $1.key }) {
      try digest.update(Array("\(path)\0\(file.body.count)\0".utf8))
      try digest.update(file.body)
    }
    return String(try digest.finish().description.prefix(16))
  }
}

extension WebFiles {
  /// Whether the chart library that set-up fetches is there; else the page draws by itself.
  var hasPlotter: Bool { self["vendor/uplot.iife.min.js"] != nil }
}
