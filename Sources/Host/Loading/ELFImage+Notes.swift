// SPDX-License-Identifier: Apache-2.0

extension ELFImage {
  /// The manifest inside the library: the note of owner "JACKFIELD" and type 1. Nil when there is none.
  func embeddedManifest() -> [UInt8]? {
    let loaded = segments.filter { $0.type == Self.note }.map { ($0.offset, $0.fileSize, $0.alignment) }
    let others = sections.notes.map { ($0.offset, $0.size, UInt64(4)) }
    for (offset, size, alignment) in (loaded + others).prefix(64) where size <= 2 * ManifestFile.maximumSize {
      guard let bytes = file.bytes(at: offset, count: size) else { continue }
      if let manifest = Self.manifest(in: bytes, alignment: alignment == 8 ? 8 : 4) { return manifest }
    }
    return nil
  }

  private static func manifest(in notes: [UInt8], alignment: Int) -> [UInt8]? {
    var at = 0
    while let nameSize = notes.uint32(at: at).map(Int.init), let size = notes.uint32(at: at + 4).map(Int.init),
      let type = notes.uint32(at: at + 8)
    {
      let name = at + 12
      let content = (name + nameSize + alignment - 1) / alignment * alignment
      guard content <= notes.count, size <= notes.count - content else { return nil }
      if type == 1, notes[name..<(name + nameSize)].prefix(while: { $0 != 0 }).elementsEqual("JACKFIELD".utf8) {
        return trimmed(notes[content..<(content + size)])
      }
      at = (content + size + alignment - 1) / alignment * alignment
    }
    return nil
  }

  /// Without the zeroes that end a C string.
  private static func trimmed(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
    var bytes = bytes
    while bytes.last == 0 { bytes.removeLast() }
    return Array(bytes)
  }
}
