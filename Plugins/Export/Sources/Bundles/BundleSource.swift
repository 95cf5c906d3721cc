// SPDX-License-Identifier: Apache-2.0

internal import Archive
internal import PluginSDK

/// A bundle as it lies on disk, a directory or an archive, none of which is trusted. Nothing is written here.
struct BundleSource {
  /// One file on the way through.
  struct Item {
    let name: String
    /// Reads on; 0 at the end.
    let read: (inout [UInt8]) throws -> Int
  }

  private static let mostEntries = 2 * BundleManifest.mostFiles
  /// No file of a bundle packs better than this; what does is made to fill a disk.
  private static let largestRatio: Int64 = 1_000
  /// While the manifest is looked for, there is no word yet of how large the whole may be.
  private static let largestRatioUnannounced: Int64 = 200

  let path: String
  let isArchive: Bool

  init(path: String) throws {
    self.path = path
    switch FileSystem.kind(of: path) {
    case .directory: isArchive = false
    case .file: isArchive = true
    case .nothing:
      throw PluginFailure("there is no bundle '\(path)'; give the path of a directory or an archive", code: "not_found", status: .notFound)
    case .link, .special: throw BundleRefusal.make(path, "it is neither a directory nor a plain file")
    }
  }

  /// Finds and reads what the bundle says of itself.
  func manifest(_ work: Work) throws -> BundleManifest {
    var found: BundleManifest?
    try visit(work, ratio: Self.largestRatioUnannounced) { item in
      guard let format = [BundleFormat.jackfield, .onthefly].first(where: { $0.manifestName == item.name }) else { return true }
      found = try BundleManifest(content(of: item, limit: BundleManifest.largest), format: format, of: path)
      return false
    }
    guard let found else {
      throw BundleRefusal.make(path, "it has neither a manifest.json nor the earlier dashboard's bundle.json")
    }
    try checkRatio(found)
    return found
  }

  /// Goes over all files, each name checked and none twice, until `body` says that it has enough.
  func visit(_ work: Work, ratio: Int64 = largestRatio, _ body: (Item) throws -> Bool) throws {
    var seen: Set<String> = []
    func admit(_ name: String) throws {
      try work.check()
      if let objection = BundlePath.objection(to: name) {
        throw BundleRefusal.make(path, "its entry '\(BundlePath.shown(name))' \(objection)")
      }
      guard seen.insert(BundlePath.folded(name)).inserted else {
        throw BundleRefusal.make(path, "its entry '\(BundlePath.shown(name))' is there twice, or differs from another only in case")
      }
      guard seen.count <= Self.mostEntries else { throw BundleRefusal.make(path, "it has over \(Self.mostEntries) entries") }
    }
    if isArchive {
      try visitArchive(work, ratio, admit, body)
    } else {
      _ = try visitDirectory("", admit, body)
    }
  }

  private func content(of item: Item, limit: Int) throws -> [UInt8] {
    var content: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = try item.read(&buffer)
      if count == 0 { return content }
      guard content.count + count <= limit else { throw BundleRefusal.make(path, "its \(item.name) is over \(limit >> 20) MiB") }
      content += buffer[..<count]
    }
  }

  private func checkRatio(_ manifest: BundleManifest) throws {
    guard isArchive, let packed = FileSystem.size(of: path), let total = manifest.totalBytes else { return }
    guard total / Self.largestRatio <= packed + (64 << 10) else {
      throw BundleRefusal.make(path, "it says that its \(packed) bytes unpack to \(total), over the limit of \(Self.largestRatio) for one")
    }
  }
}

// MARK: - Directories

extension BundleSource {
  private func visitDirectory(_ inside: String, _ admit: (String) throws -> Void, _ body: (Item) throws -> Bool) throws -> Bool {
    // The manifest first, as in an archive of ours.
    let names = try FileSystem.names(in: inside.isEmpty ? path : "\(path)/\(inside)")
    for entry in names {
      let name = inside.isEmpty ? entry : "\(inside)/\(entry)"
      try admit(name)
      switch FileSystem.kind(of: "\(path)/\(name)") {
      case .nothing: continue
      case .directory: guard try visitDirectory(name, admit, body) else { return false }
      case .file:
        guard let file = try InputFile.open("\(path)/\(name)") else { continue }
        guard try body(Item(name: name) { try file.read(into: &$0) }) else { return false }
      case .link: throw BundleRefusal.make(path, "its entry '\(BundlePath.shown(name))' is a symbolic link; a bundle has plain files only")
      case .special:
        throw BundleRefusal.make(path, "its entry '\(BundlePath.shown(name))' is a special file; a bundle has plain files only")
      }
    }
    return true
  }
}

// MARK: - Archives

extension BundleSource {
  private func visitArchive(
    _ work: Work, _ ratio: Int64, _ admit: (String) throws -> Void, _ body: (Item) throws -> Bool
  ) throws {
    do {
      let archive = try ArchiveReader(path: path)
      let most = ratio.multipliedReportingOverflow(by: (FileSystem.size(of: path) ?? 0) + (64 << 10)).partialValue
      var unpacked: Int64 = 0
      func read(_ buffer: inout [UInt8]) throws -> Int {
        try work.check()
        let count = try archive.read(into: &buffer)
        unpacked += Int64(count)
        guard unpacked <= most else { throw BundleRefusal.make(path, "it unpacks to more than \(ratio) times its size") }
        return count
      }
      var rest = [UInt8](repeating: 0, count: Work.chunk)
      while let entry = try archive.next() {
        guard let name = try fileName(of: entry, admit) else { continue }
        if try !body(Item(name: name, read: read)) { return }
        // What nobody wanted is read all the same, piece by piece: to pass over it at once could take for ever.
        while try read(&rest) > 0 {}
      }
    } catch let error as ArchiveError {
      throw BundleRefusal.make(path, "it is no archive, or a damaged or truncated one: \(error.message)")
    }
  }

  /// The name of a plain file; nil for a directory.
  private func fileName(of entry: ArchiveEntry, _ admit: (String) throws -> Void) throws -> String? {
    guard var name = entry.name else { throw BundleRefusal.make(path, "it has an entry whose name is no text") }
    if entry.kind == .directory, name.hasSuffix("/"), name != "/" { name.removeLast() }
    try admit(name)
    guard !entry.isEncrypted else { throw BundleRefusal.make(path, "its entry '\(BundlePath.shown(name))' is encrypted") }
    switch entry.kind {
    case .file: return name
    case .directory: return nil
    case .symbolicLink, .hardLink, .special:
      throw BundleRefusal.make(
        path, "its entry '\(BundlePath.shown(name))' is a \(entry.kind.rawValue); a bundle has plain files only")
    }
  }
}
