// SPDX-License-Identifier: Apache-2.0

internal import Crypto
internal import JSON
internal import PluginSDK

/// What a bundle says of itself, once it was found to be safe.
struct BundleManifest: Sendable {
  /// The version of our format that this build writes, and the newest it reads.
  static let version: Int64 = 1
  /// In bytes.
  static let largest = 64 << 20
  static let mostFiles = 100_000

  let format: BundleFormat
  let json: JSONValue
  let bytes: [UInt8]
  let database: String
  let files: [BundleFile]
  /// The file of a checkpoint, by the checkpoint's id in the database. The earlier dashboard's final models are "final:" and the session.
  let checkpoints: [String: String]
  /// The parents of runs that are not in the bundle, by the runs' names.
  let absentParents: [String: [String]]

  /// Reads a manifest, and refuses one that this build does not know or that names a file which no bundle may have.
  ///
  /// - Parameter path: The bundle's, for sentences.
  init(_ bytes: [UInt8], format: BundleFormat, of path: String) throws {
    self.bytes = bytes
    self.format = format
    do {
      json = try JSONValue(parsing: bytes)
    } catch {
      throw BundleRefusal.make(path, "its \(format.manifestName) is not JSON: \(error)")
    }
    guard json.objectValue != nil else { throw BundleRefusal.make(path, "its \(format.manifestName) is no JSON object") }
    switch format {
    case .jackfield:
      try Self.checkVersion(json, path)
      database = json["database"]?.stringValue ?? "runs.sqlite"
      files = try Self.files(json, path)
      checkpoints = try Self.checkpoints(json, path)
      absentParents = try Self.absentParents(json, path)
    case .onthefly:
      database = json["sqlite"]?.stringValue ?? "runs.sqlite"
      checkpoints = try Self.oldCheckpoints(json, path)
      absentParents = [:]
      let found = Set(checkpoints.values).sorted()
      files = [BundleFile(path: database, role: .database)] + found.map { BundleFile(path: $0, role: .checkpoint) }
    }
    try checkNames(path)
  }

  private static func checkVersion(_ json: JSONValue, _ path: String) throws {
    guard json["format"]?.stringValue == "jackfield-bundle", let found = json["version"]?.intValue else {
      throw BundleRefusal.make(path, "its manifest.json is not one of a bundle")
    }
    guard found <= version else {
      throw BundleRefusal.make(
        path, "its format is version \(found) and this build knows up to \(version): update Jackfield", code: "bundle_too_new")
    }
  }

  private static func files(_ json: JSONValue, _ path: String) throws -> [BundleFile] {
    let list = json["files"]?.arrayValue ?? []
    guard list.count <= mostFiles else {
      throw BundleRefusal.make(path, "its manifest names \(list.count) files, over the limit of \(mostFiles)")
    }
    return try list.map { file in
      let name = file["path"]?.stringValue ?? ""
      guard let role = file["role"]?.stringValue.flatMap(BundleFile.Role.init), let size = file["bytes"]?.intValue, size >= 0,
        let hash = file["sha256"]?.stringValue, hash.utf8.count == 64
      else { throw BundleRefusal.make(path, "its manifest does not tell size, hash and role of '\(BundlePath.shown(name))'") }
      return BundleFile(path: name, role: role, bytes: Int64(size), sha256: hash)
    }
  }

  private static func checkpoints(_ json: JSONValue, _ path: String) throws -> [String: String] {
    var found: [String: String] = [:]
    for checkpoint in json["checkpoints"]?.arrayValue ?? [] {
      guard let id = checkpoint["id"]?.intValue, let file = checkpoint["file"]?.stringValue else {
        throw BundleRefusal.make(path, "its manifest names a checkpoint without id or file")
      }
      found["\(id)"] = file
    }
    return found
  }

  private static func absentParents(_ json: JSONValue, _ path: String) throws -> [String: [String]] {
    var found: [String: [String]] = [:]
    for run in json["runs"]?.arrayValue ?? [] {
      guard let parents = run["absent_parents"] else { continue }
      guard let name = run["name"]?.stringValue, let list = parents.arrayValue, list.allSatisfy({ $0.stringValue != nil }) else {
        throw BundleRefusal.make(path, "its manifest tells of parents that are no list of names, or of a run without a name")
      }
      found[name] = list.compactMap(\.stringValue)
    }
    return found
  }

  private static func oldCheckpoints(_ json: JSONValue, _ path: String) throws -> [String: String] {
    var found: [String: String] = [:]
    for (key, prefix) in [("checkpoints", ""), ("final_models", "final:")] {
      for (id, file) in json[key]?.objectValue ?? [:] {
        guard let file = file.stringValue else {
          throw BundleRefusal.make(path, "its bundle.json names no file for '\(BundlePath.shown(id))'")
        }
        found[prefix + id] = file
      }
    }
    guard found.count <= mostFiles else {
      throw BundleRefusal.make(path, "its bundle.json names \(found.count) files, over the limit of \(mostFiles)")
    }
    return found
  }

  private func checkNames(_ path: String) throws {
    var seen: Set<String> = [BundlePath.folded(format.manifestName)]
    for file in files {
      if let objection = BundlePath.objection(to: file.path) {
        throw BundleRefusal.make(path, "its file '\(BundlePath.shown(file.path))' \(objection)")
      }
      guard isPlace(file) else {
        throw BundleRefusal.make(path, "its file '\(BundlePath.shown(file.path))' lies where no bundle has files of that kind")
      }
      guard seen.insert(BundlePath.folded(file.path)).inserted else {
        throw BundleRefusal.make(path, "its file '\(BundlePath.shown(file.path))' is named twice, or differs from another only in case")
      }
    }
    let named = Set(files.map(\.path))
    guard files.contains(where: { $0.role == .database && $0.path == database }) else {
      throw BundleRefusal.make(path, "its manifest does not list its database '\(BundlePath.shown(database))'")
    }
    if let stray = checkpoints.values.first(where: { !named.contains($0) }) {
      throw BundleRefusal.make(path, "its manifest does not list '\(BundlePath.shown(stray))', the file of a checkpoint")
    }
  }

  /// Journals of a database, and whatever else changes the meaning of its neighbours, have no place.
  private func isPlace(_ file: BundleFile) -> Bool {
    let folder = file.path.split(separator: "/").dropLast().first.map(String.init)
    return switch file.role {
    case .database: file.path == "runs.sqlite"
    case .checkpoint, .finalModel: folder == "checkpoints" || folder == "final_models"
    case .report: folder == "reports"
    }
  }

  /// What the whole of it needs on disk; nil when the manifest does not tell.
  var totalBytes: Int64? {
    var total: Int64 = 0
    for file in files {
      guard let bytes = file.bytes else { return nil }
      let (sum, overflow) = total.addingReportingOverflow(bytes)
      if overflow { return .max }
      total = sum
    }
    return total
  }

  /// What a bundle is known by: the hash of its manifest, which holds the hashes of everything else.
  ///
  /// - Parameter hashes: Of the files, for manifests that do not hold them.
  func key(hashes: [String: String] = [:]) throws -> String {
    let hash = try SHA256()
    try hash.update(bytes)
    if format == .onthefly {
      for (name, digest) in hashes.sorted(by: { $0.key < $1.key }) { try hash.update(Array("\n\(name) \(digest)".utf8)) }
    }
    return try hash.finish().description
  }
}
