// SPDX-License-Identifier: Apache-2.0

/// A shared library that the loader would open: what it needs and what it offers.
final class SharedLibrary {
  let path: String
  let image: ELFImage
  let dynamic: ELFDynamic
  let symbols: ELFSymbols
  /// Symbol versions it offers; nil when it has none, which satisfies every wish.
  private(set) lazy var versions = ELFVersions.offered(image, dynamic)

  /// - Throws: `ELFFault` when the file is no sound shared library of this machine; `PlainFile.Failure` when it cannot be read.
  convenience init(_ path: String) throws { try self.init(ELFImage(PlainFile(path))) }

  init(_ image: ELFImage) throws(ELFFault) {
    path = image.file.path
    self.image = image
    dynamic = try ELFDynamic(image)
    symbols = try ELFSymbols(image, dynamic)
  }

  /// The directory that "$ORIGIN" stands for.
  var directory: String { path.parentDirectory }
}

extension String {
  /// The path without its last part: "/" for the root, "." for a bare name.
  var parentDirectory: String {
    guard let slash = lastIndex(of: "/") else { return "." }
    return slash == startIndex ? "/" : String(self[..<slash])
  }

  /// The last part of a path.
  var fileName: String {
    lastIndex(of: "/").map { String(self[index(after: $0)...]) } ?? self
  }
}
