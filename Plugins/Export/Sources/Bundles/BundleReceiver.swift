// SPDX-License-Identifier: Apache-2.0

internal import JSON
internal import PluginSDK

/// Copies a bundle into the data directory, checked on the way; what does not pass leaves nothing there.
struct BundleReceiver {
  /// A bundle that lies in the data directory.
  struct Received: Sendable {
    let manifest: BundleManifest
    let key: String
    /// Its directory.
    let place: String
    /// Whether it was there before, whole.
    let wasThere: Bool
    /// Whether its directory was, so that rows may lead there: its owner removes nothing of it.
    var isShared = false
    /// Files that were gone from there and are back.
    var mended: [String] = []
    /// Checkpoints that the manifest names and the bundle has not; only in those of the earlier dashboard.
    let missing: [String]
  }

  let source: BundleSource
  /// The directory of all bundles.
  let bundles: String
  let work: Work

  func receive() throws -> Received {
    let manifest = try source.manifest(work)
    if manifest.format == .jackfield, let known = try existing(manifest, key: manifest.key()) { return known }
    try FileSystem.makeDirectories(bundles)
    let total = manifest.totalBytes ?? sizeOnDisk(manifest)
    try FileSystem.requireSpace(total + (16 << 20), at: bundles, for: "the bundle into '\(bundles)'")
    let inUse = DirectoryLock.shared(bundles)
    defer { withExtendedLifetime(inUse) {} }
    let incoming = FileSystem.temporaryName(beside: bundles + "/incoming")
    try FileSystem.makeDirectory(incoming)
    defer { FileSystem.remove(incoming) }
    let hashes = try copy(manifest, to: incoming, total)
    let missing = manifest.files.filter { hashes[$0.path] == nil }
    if let file = missing.first(where: { manifest.format == .jackfield || $0.role == .database }) {
      throw BundleRefusal.make(source.path, "its file '\(BundlePath.shown(file.path))' is missing")
    }
    return try publish(incoming, manifest, try manifest.key(hashes: hashes), missing.map(\.path))
  }

  private func publish(_ incoming: String, _ manifest: BundleManifest, _ key: String, _ missing: [String]) throws -> Received {
    if let known = try existing(manifest, key: key) { return known }
    let place = "\(bundles)/\(key)"
    guard FileSystem.kind(of: place) != .nothing else {
      try FileSystem.publish(incoming, as: place)
      return Received(manifest: manifest, key: key, place: place, wasThere: false, missing: missing)
    }
    // Something of that name that is not whole: what somebody has taken out of it comes back.
    let mended = try mend(place, from: incoming, manifest)
    return Received(manifest: manifest, key: key, place: place, wasThere: false, isShared: true, mended: mended, missing: missing)
  }

  /// - Returns: The files that are back.
  private func mend(_ place: String, from incoming: String, _ manifest: BundleManifest) throws -> [String] {
    var mended: [String] = []
    for file in manifest.files where FileSystem.kind(of: "\(place)/\(file.path)") == .nothing {
      guard FileSystem.kind(of: "\(incoming)/\(file.path)") == .file else { continue }
      try FileSystem.makeDirectories(FileSystem.parent(of: "\(place)/\(file.path)"))
      try FileSystem.publish("\(incoming)/\(file.path)", as: "\(place)/\(file.path)")
      mended.append(file.path)
    }
    return mended
  }

  /// The bundle in the data directory, if it is there whole.
  private func existing(_ manifest: BundleManifest, key: String) throws -> Received? {
    let place = "\(bundles)/\(key)"
    for file in manifest.files {
      guard let size = FileSystem.size(of: "\(place)/\(file.path)") else {
        guard manifest.format == .onthefly, file.role != .database, FileSystem.kind(of: place) == .directory else { return nil }
        continue
      }
      guard file.bytes == nil || file.bytes == size else { return nil }
    }
    return Received(manifest: manifest, key: key, place: place, wasThere: true, isShared: true, missing: [])
  }

  private func sizeOnDisk(_ manifest: BundleManifest) -> Int64 {
    guard !source.isArchive else { return FileSystem.size(of: source.path) ?? 0 }
    return manifest.files.reduce(0) { $0 + (FileSystem.size(of: "\(source.path)/\($1.path)") ?? 0) }
  }

  /// - Returns: The hashes of the files that were there.
  private func copy(_ manifest: BundleManifest, to incoming: String, _ total: Int64) throws -> [String: String] {
    let expected = Dictionary(manifest.files.map { ($0.path, $0) }, uniquingKeysWith: { first, _ in first })
    var hashes: [String: String] = [:]
    var done: Int64 = 0
    try source.visit(work) { item in
      guard item.name != manifest.format.manifestName else { return true }
      guard let file = expected[item.name] else {
        // A directory may have gathered files of a desktop; an archive has just what was packed.
        guard source.isArchive else { return true }
        throw BundleRefusal.make(source.path, "its entry '\(BundlePath.shown(item.name))' is not in its manifest")
      }
      hashes[file.path] = try copy(item, file, to: incoming, &done, total)
      return true
    }
    let file = try OutputFile("\(incoming)/\(manifest.format.manifestName)")
    try file.write(manifest.bytes)
    try file.synchronize()
    try FileSystem.synchronizeDirectory(incoming)
    return hashes
  }

  private func copy(_ item: BundleSource.Item, _ file: BundleFile, to incoming: String, _ done: inout Int64, _ total: Int64) throws
    -> String
  {
    let shown = BundlePath.shown(item.name)
    try FileSystem.makeDirectories(FileSystem.parent(of: "\(incoming)/\(file.path)"))
    let output = try OutputFile("\(incoming)/\(file.path)")
    func refuse(_ objection: String?) throws {
      if let objection { throw BundleRefusal.make(source.path, "its entry '\(shown)' \(objection)") }
    }
    let read = try work.read(item.read) { buffer, count, bytes in
      try refuse(file.objection(soFar: bytes))
      // Without a manifest that tells sizes, the disk is what a bomb would fill.
      if file.bytes == nil { try FileSystem.requireSpace(16 << 20, at: incoming, for: "the bundle into '\(bundles)'") }
      try output.write(buffer, count: count)
      done += Int64(count)
      work.progress(min(done, total), of: total, "copying \(shown)")
      return true
    }
    guard let read else { preconditionFailure("no piece was too much") }
    try refuse(file.objection(bytes: read.bytes, sha256: read.sha256))
    try output.synchronize()
    return read.sha256
  }
}
