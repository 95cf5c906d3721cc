// SPDX-License-Identifier: Apache-2.0

/// What the dynamic section of a shared library asks of the loader.
struct ELFDynamic {
  /// Names of the libraries it needs, in order.
  private(set) var needed: [String] = []
  private(set) var name: String?
  /// Directories to look in, "$ORIGIN" still in them.
  private(set) var searchPath: [String] = []
  /// Directories of the older kind, which also count for the libraries it needs in turn.
  private(set) var inheritedSearchPath: [String] = []
  let hasTextRelocations: Bool
  /// A position-independent program, which the loader refuses to open as a library.
  let isProgram: Bool
  /// The names all tables point into.
  let strings: [UInt8]
  private let addresses: [UInt64: UInt64]

  /// - Throws: `ELFFault.damaged` when the section is missing or points outside of the file.
  init(_ image: ELFImage) throws(ELFFault) {
    guard let segment = image.segments.first(where: { $0.type == ELFImage.dynamic }), segment.fileSize <= 1 << 20,
      let bytes = image.file.bytes(at: segment.offset, count: segment.fileSize)
    else { throw .damaged("it has no dynamic section") }
    let entries = Self.entries(bytes)
    addresses = Dictionary(entries, uniquingKeysWith: { first, _ in first })
    hasTextRelocations = addresses[Tag.textRelocations] != nil || addresses[Tag.flags, default: 0] & 4 != 0
    isProgram = addresses[Tag.flags1, default: 0] & 0x0800_0000 != 0
    strings = try Self.strings(image, addresses)
    try readNames(entries)
  }

  private static func entries(_ bytes: [UInt8]) -> [(UInt64, UInt64)] {
    var entries: [(UInt64, UInt64)] = []
    var at = 0
    while let tag = bytes.uint64(at: at), let value = bytes.uint64(at: at + 8), tag != 0 {
      entries.append((tag, value))
      at += 16
    }
    return entries
  }

  private static func strings(_ image: ELFImage, _ addresses: [UInt64: UInt64]) throws(ELFFault) -> [UInt8] {
    guard let address = addresses[Tag.strings], let size = addresses[Tag.stringsSize].flatMap({ Int(exactly: $0) }), size <= 64 << 20,
      let bytes = image.bytes(at: address, count: size)
    else { throw .damaged("its names lie outside of the file") }
    return bytes
  }

  private mutating func readNames(_ entries: [(UInt64, UInt64)]) throws(ELFFault) {
    for (tag, value) in entries where [Tag.needed, Tag.name, Tag.runPath, Tag.path].contains(tag) {
      guard let text = Int(exactly: value).flatMap({ strings.text(at: $0) }) else {
        throw .damaged("a name lies outside of its table")
      }
      switch tag {
      case Tag.needed: needed.append(text)
      case Tag.name: name = text
      case Tag.runPath: searchPath += text.split(separator: ":").map(String.init)
      default: inheritedSearchPath += text.split(separator: ":").map(String.init)
      }
    }
    // glibc ignores the older path where the newer one stands beside it.
    if addresses[Tag.runPath] != nil { inheritedSearchPath = [] }
  }

  /// The address, count or flags of a tag; nil when the section does not have it.
  func value(_ tag: UInt64) -> UInt64? { addresses[tag] }

  enum Tag {
    static let needed: UInt64 = 1
    static let hash: UInt64 = 4
    static let strings: UInt64 = 5
    static let symbols: UInt64 = 6
    static let stringsSize: UInt64 = 10
    static let name: UInt64 = 14
    static let path: UInt64 = 15
    static let textRelocations: UInt64 = 22
    static let runPath: UInt64 = 29
    static let flags: UInt64 = 30
    static let gnuHash: UInt64 = 0x6FFF_FEF5
    static let flags1: UInt64 = 0x6FFF_FFFB
    static let definedVersions: UInt64 = 0x6FFF_FFFC
    static let definedVersionCount: UInt64 = 0x6FFF_FFFD
    static let neededVersions: UInt64 = 0x6FFF_FFFE
    static let neededVersionCount: UInt64 = 0x6FFF_FFFF
  }
}
