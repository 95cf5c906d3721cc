// SPDX-License-Identifier: Apache-2.0

internal import Archive
internal import Crypto
internal import FoundationEssentials
internal import JSON
internal import PluginSDK

/// Makes one bundle beside its final place, and gives it its name when all of it is on disk. Used by one thread.
final class BundleWriter {
  /// A checkpoint that could not be taken along.
  struct Missing: Sendable {
    let checkpoint: CopiedCheckpoint
    let reason: String
  }

  /// What came of it.
  struct Outcome: Sendable {
    let manifest: JSONValue
    let key: String
    let files: Int
    let bytes: Int64
    let missing: [Missing]
  }

  /// A file whose content was another when it was packed than when it was looked at, or that was gone.
  private struct Changed: Error { let path: String }

  /// A file on its way in.
  private struct Entry {
    var file: BundleFile
    let source: String
  }

  private let request: BundleRequest
  private let target: String
  private let staging: String
  private let copy: CopiedRuns
  private let work: Work
  private var entries: [Entry] = []
  private var fileOfCheckpoint: [Int64: String] = [:]
  private var missing: [Missing] = []
  private var doneBytes: Int64 = 0
  private var totalBytes: Int64 = 0
  private let created = Date().timeIntervalSince1970

  private var format: BundleFormat { request.format ?? .jackfield }
  private var content: String { staging + "/content" }

  /// - Parameters:
  ///   - target: The final place.
  ///   - staging: A directory beside it with `content/runs.sqlite` in it; the owner removes it.
  init(_ request: BundleRequest, target: String, staging: String, copy: CopiedRuns, work: Work) {
    self.request = request
    self.target = target
    self.staging = staging
    var copy = copy
    // A trainer's path may lead over links of its owner's; from here on only plain files are opened.
    for index in copy.checkpoints.indices {
      copy.checkpoints[index].usablePath = copy.checkpoints[index].usablePath.map(FileSystem.resolved)
    }
    self.copy = copy
    self.work = work
  }

  /// Gathers, writes, syncs and renames.
  func write() throws -> Outcome {
    do {
      let chosen = chooseCheckpoints()
      let size = chosen.reduce(copy.bytes) { $0 + (FileSystem.size(of: $1.usablePath ?? "") ?? 0) }
      try FileSystem.requireSpace(size + (16 << 20), at: staging, for: "the bundle '\(target)'")
      // Looked at and packed, an archive's files are read twice.
      let isArchive = ArchiveFormat(path: target) != nil
      totalBytes = isArchive ? 2 * size : size
      try addDatabase()
      if format == .jackfield { try addReports() }
      for checkpoint in chosen { try add(checkpoint, copying: !isArchive) }
      let manifest = isArchive ? try pack() : try complete()
      return Outcome(
        manifest: manifest.json, key: try manifest.key(hashes: hashes), files: entries.count + 1,
        bytes: entries.reduce(0) { $0 + ($1.file.bytes ?? 0) }, missing: missing)
    } catch let error as ArchiveError {
      throw FileSystem.isFull(error.number)
        ? FileSystem.failure("write", target, error.number)
        : PluginFailure("cannot write '\(target)': \(error.message)", code: "file_error")
    }
  }

  private var hashes: [String: String] { Dictionary(entries.map { ($0.file.path, $0.file.sha256 ?? "") }, uniquingKeysWith: { $1 }) }
}

// MARK: - What goes in

extension BundleWriter {
  /// The checkpoints asked for whose files are there; of the others it is told.
  private func chooseCheckpoints() -> [CopiedCheckpoint] {
    var chosen: [CopiedCheckpoint] = []
    switch request.checkpoints ?? .all {
    case .none: return []
    case .all: chosen = copy.checkpoints
    case .latest:
      for (_, ofRun) in Dictionary(grouping: copy.checkpoints, by: \.run) {
        let usable = ofRun.filter { $0.usablePath != nil }
        if let newest = usable.max(by: { ($0.step, $0.id) < ($1.step, $1.id) }) { chosen.append(newest) }
        if usable.isEmpty, let newest = ofRun.max(by: { ($0.step, $0.id) < ($1.step, $1.id) }) { chosen.append(newest) }
        if let model = usable.filter(\.isFinalModel).max(by: { $0.id < $1.id }), !chosen.contains(where: { $0.id == model.id }) {
          chosen.append(model)
        }
      }
      chosen.sort { $0.id < $1.id }
    }
    for checkpoint in chosen where checkpoint.usablePath == nil { tellMissing(checkpoint, "its file is gone") }
    return chosen.filter { $0.usablePath != nil }
  }

  private func tellMissing(_ checkpoint: CopiedCheckpoint, _ reason: String) {
    missing.append(Missing(checkpoint: checkpoint, reason: reason))
  }

  private func addDatabase() throws {
    let path = content + "/runs.sqlite"
    try FileSystem.synchronizeFile(path)
    guard let (bytes, hash) = try read(path, note: "database") else { throw FileSystem.failure("read", path, 2) }
    entries.append(Entry(file: BundleFile(path: "runs.sqlite", role: .database, bytes: bytes, sha256: hash), source: path))
  }

  private func addReports() throws {
    for report in try ReportTable.newest(in: content + "/runs.sqlite") {
      try work.check()
      let name = "reports/\(BundlePath.slug(report.run))-\(report.id).csv"
      if entries.allSatisfy({ $0.file.role != .report }) { try FileSystem.makeDirectory(content + "/reports") }
      let text = report.csv
      let file = try OutputFile("\(content)/\(name)")
      try file.write(text)
      try file.synchronize()
      let hash = try SHA256.digest(of: text).description
      entries.append(
        Entry(file: BundleFile(path: name, role: .report, bytes: Int64(text.count), sha256: hash), source: "\(content)/\(name)"))
    }
  }

  /// Several checkpoints may be one file, which goes in once.
  private func add(_ checkpoint: CopiedCheckpoint, copying: Bool) throws {
    guard let source = checkpoint.usablePath else { return }
    if let known = entries.first(where: { $0.source == source }) {
      fileOfCheckpoint[checkpoint.id] = known.file.path
      return
    }
    let name = checkpoint.fileName
    var copyTo: OutputFile?
    if copying, FileSystem.kind(of: source) == .file {
      let folder = "\(content)/\(FileSystem.parent(of: name))"
      if FileSystem.kind(of: folder) == .nothing { try FileSystem.makeDirectory(folder) }
      copyTo = try OutputFile("\(content)/\(name)")
    }
    do {
      guard let (bytes, hash) = try read(source, note: "checkpoint of \(BundlePath.shown(checkpoint.run))", copyTo: copyTo) else {
        return tellMissing(checkpoint, "its file vanished meanwhile")
      }
      try copyTo?.synchronize()
      let role = checkpoint.isFinalModel ? BundleFile.Role.finalModel : .checkpoint
      entries.append(Entry(file: BundleFile(path: name, role: role, bytes: bytes, sha256: hash), source: source))
      fileOfCheckpoint[checkpoint.id] = name
    } catch let failure as PluginFailure where failure.code == "not_a_file" {
      tellMissing(checkpoint, "it is no plain file")
    }
  }

  /// Reads a file to its end: its size and hash; nil when it is not there.
  private func read(_ path: String, note: String, copyTo: OutputFile? = nil) throws -> (Int64, String)? {
    guard let file = try InputFile.open(path) else { return nil }
    return try work.read(file.read(into:)) { buffer, count, _ in
      try copyTo?.write(buffer, count: count)
      advance(count, note)
      return true
    }
  }

  private func advance(_ count: Int, _ note: String) {
    doneBytes += Int64(count)
    work.progress(min(doneBytes, totalBytes), of: totalBytes, note)
  }
}

// MARK: - What comes out

extension BundleWriter {
  private func manifest() throws -> BundleManifest {
    let json = format == .jackfield ? ourManifest : oldManifest
    return try BundleManifest(json.bytes(pretty: true) + [UInt8(ascii: "\n")], format: format, of: target)
  }

  private var ourManifest: JSONValue {
    let checkpoints = copy.checkpoints.compactMap { checkpoint -> JSONValue? in
      guard let file = fileOfCheckpoint[checkpoint.id] else { return nil }
      return [
        "id": .integer(checkpoint.id), "run": .string(checkpoint.run), "step": .integer(checkpoint.step), "kind": .string(checkpoint.kind),
        "file": .string(file),
      ]
    }
    let runs = copy.runs.map { run -> JSONValue in
      var value: JSONValue = ["name": .string(run.name)]
      if let steps = run.steps { value["steps"] = .integer(steps) }
      if let step = run.lastStep { value["last_step"] = .integer(step) }
      if let parents = run.absentParents, !parents.isEmpty { value["absent_parents"] = .array(parents.map { .string($0) }) }
      return value
    }
    return [
      "format": "jackfield-bundle", "version": .integer(BundleManifest.version), "tool": .string("jackfield \(ExportPlugin.version)"),
      "created": .number(created), "database": "runs.sqlite", "schema": copy.schema.map { .integer($0) } ?? .null, "runs": .array(runs),
      "checkpoints": .array(checkpoints), "files": .array(entries.map(\.file.json)),
    ]
  }

  private var oldManifest: JSONValue {
    var checkpoints: [String: JSONValue] = [:]
    var models: [String: JSONValue] = [:]
    for checkpoint in copy.checkpoints {
      guard let file = fileOfCheckpoint[checkpoint.id] else { continue }
      if let id = checkpoint.legacyID { checkpoints[id] = .string(file) }
      if checkpoint.isFinalModel, let session = checkpoint.session { models[session] = .string(file) }
    }
    return ["schema_version": "1.1", "sqlite": "runs.sqlite", "checkpoints": .object(checkpoints), "final_models": .object(models)]
  }

  /// A directory: everything is in it but the manifest.
  private func complete() throws -> BundleManifest {
    let manifest = try manifest()
    let file = try OutputFile("\(content)/\(format.manifestName)")
    try file.write(manifest.bytes)
    try file.synchronize()
    for folder in try FileSystem.names(in: content) where FileSystem.kind(of: "\(content)/\(folder)") == .directory {
      try FileSystem.synchronizeDirectory("\(content)/\(folder)")
    }
    try FileSystem.synchronizeDirectory(content)
    try work.check()
    try FileSystem.publish(content, as: target)
    return manifest
  }

  /// An archive: the manifest first, so that it is found without unpacking. A file that has changed since it was looked at is left out,
  /// and packing begins anew.
  private func pack() throws -> BundleManifest {
    while true {
      let manifest = try manifest()
      do {
        try pack(manifest)
        try work.check()
        try FileSystem.publish(staging + "/archive", as: target)
        return manifest
      } catch let changed as Changed {
        drop(changed.path)
      }
    }
  }

  private func drop(_ path: String) {
    for checkpoint in copy.checkpoints where fileOfCheckpoint[checkpoint.id] == path {
      fileOfCheckpoint[checkpoint.id] = nil
      tellMissing(checkpoint, "its file vanished or changed while it was packed")
    }
    entries.removeAll { $0.file.path == path }
  }

  private func pack(_ manifest: BundleManifest) throws {
    guard let kind = ArchiveFormat(path: target) else { preconditionFailure("only an archive is packed") }
    let path = staging + "/archive"
    FileSystem.remove(path)
    let archive = try ArchiveWriter(path: path, format: kind)
    try archive.beginFile(format.manifestName, size: Int64(manifest.bytes.count), modified: Int64(created))
    try archive.write(manifest.bytes, count: manifest.bytes.count)
    for entry in entries { try pack(entry, into: archive) }
    try archive.close()
    try FileSystem.synchronizeFile(path)
  }

  private func pack(_ entry: Entry, into archive: ArchiveWriter) throws {
    guard let file = try InputFile.open(entry.source), file.size == entry.file.bytes else { throw Changed(path: entry.file.path) }
    try archive.beginFile(entry.file.path, size: file.size, modified: Int64(created))
    let hash = try SHA256()
    var buffer = [UInt8](repeating: 0, count: Work.chunk)
    var left = file.size
    while left > 0 {
      try work.check()
      let count = min(try file.read(into: &buffer), Int(clamping: left))
      guard count > 0 else { throw Changed(path: entry.file.path) }
      try hash.update(buffer, count: count)
      try archive.write(buffer, count: count)
      left -= Int64(count)
      advance(count, "packing \(entry.file.path)")
    }
    guard try hash.finish().description == entry.file.sha256 else { throw Changed(path: entry.file.path) }
  }
}
