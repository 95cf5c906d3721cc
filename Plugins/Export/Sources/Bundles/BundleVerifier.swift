// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import PluginSDK
internal import SQLite

/// `export.verify`: compares every file of a bundle with what its manifest says, and looks at every page of its database.
struct BundleVerifier {
  let source: BundleSource
  let work: Work
  /// Where the database of an archive is unpacked for the look; removed afterwards.
  let scratch: String

  func answer() throws -> JSONValue {
    let manifest = try source.manifest(work)
    let expected = Dictionary(manifest.files.map { ($0.path, $0) }, uniquingKeysWith: { first, _ in first })
    var problems: [JSONValue] = []
    var seen: Set<String> = []
    let total = manifest.totalBytes ?? FileSystem.size(of: source.path) ?? 0
    var done: Int64 = 0
    let database = source.isArchive ? scratch : "\(source.path)/\(manifest.database)"
    defer { if source.isArchive { FileSystem.remove(scratch) } }
    try source.visit(work) { item in
      guard item.name != manifest.format.manifestName else { return true }
      guard let file = expected[item.name] else {
        problems.append(Self.problem(item.name, "is not in the manifest"))
        return true
      }
      seen.insert(item.name)
      let copy = source.isArchive && file.role == .database ? try OutputFile(scratch) : nil
      if let reason = try compare(item, with: file, copy, &done, total) { problems.append(Self.problem(item.name, reason)) }
      return true
    }
    for file in manifest.files where !seen.contains(file.path) { problems.append(Self.problem(file.path, "is missing")) }
    var answer: JSONValue = [
      "path": .string(source.path), "format": .string(manifest.format.rawValue), "files": .integer(Int64(seen.count)),
      "bytes": .integer(done),
    ]
    if seen.contains(manifest.database) {
      let (schema, reason) = Self.judgeDatabase(database)
      if let schema { answer["schema"] = .integer(schema) }
      if let reason { problems.append(Self.problem(manifest.database, reason)) }
    }
    answer["ok"] = .bool(problems.isEmpty)
    answer["problems"] = .array(problems)
    return answer
  }

  private static func problem(_ file: String, _ reason: String) -> JSONValue {
    ["file": .string(BundlePath.shown(file)), "problem": .string(reason)]
  }

  private func compare(
    _ item: BundleSource.Item, with file: BundleFile, _ copy: OutputFile?, _ done: inout Int64, _ total: Int64
  ) throws -> String? {
    var objection: String?
    let read = try work.read(item.read) { buffer, count, bytes in
      objection = file.objection(soFar: bytes)
      guard objection == nil else { return false }
      done += Int64(count)
      try copy?.write(buffer, count: count)
      work.progress(min(done, total), of: total, "verifying \(BundlePath.shown(item.name))")
      return true
    }
    guard let read else { return objection }
    return file.objection(bytes: read.bytes, sha256: read.sha256)
  }

  /// The version of its schema, and what is wrong with it.
  static func judgeDatabase(_ path: String) -> (Int64?, String?) {
    do {
      let database = try Database(path: path, access: .readOnly)
      try database.execute("PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON; PRAGMA query_only = ON")
      let found = try database.text("PRAGMA integrity_check(1)") ?? "no answer"
      let version = try database.integer("PRAGMA user_version")
      return (version, found == "ok" ? nil : "is a damaged database: \(found)")
    } catch {
      return (nil, "is a damaged database, or none: \(error.message)")
    }
  }
}
