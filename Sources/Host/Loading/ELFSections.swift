// SPDX-License-Identifier: Apache-2.0

/// The section headers of a shared library. The loader needs none, so a damaged or missing table is simply empty.
struct ELFSections {
  struct Section {
    var type: UInt32
    var offset: Int
    var size: Int
  }

  private let sections: [Section]

  init(header: [UInt8], file: PlainFile) {
    guard let table = header.uint64(at: 40).flatMap({ Int(exactly: $0) }), table > 0, header.uint16(at: 58) == 64,
      let count = header.uint16(at: 60), let bytes = file.bytes(at: table, count: 64 * Int(count))
    else {
      sections = []
      return
    }
    sections = stride(from: 0, to: bytes.count, by: 64).compactMap { at in
      guard let type = bytes.uint32(at: at + 4), let offset = bytes.uint64(at: at + 24).flatMap({ Int(exactly: $0) }),
        let size = bytes.uint64(at: at + 32).flatMap({ Int(exactly: $0) }), offset <= file.size, size <= file.size - offset
      else { return nil }
      return Section(type: type, offset: offset, size: size)
    }
  }

  var notes: [Section] { sections.filter { $0.type == 7 } }

  /// How large the table of dynamic symbols at that place of the file is, in bytes.
  func dynamicSymbols(at offset: Int) -> Int {
    sections.first { $0.type == 11 && $0.offset == offset }?.size ?? 0
  }
}
