// SPDX-License-Identifier: Apache-2.0
// Reads shared libraries without loading them. The files may be hostile: every offset is checked, every size has a limit.
// Numbers and names are those of the System V ABI, chapters 4 and 5, and of glibc's <elf.h>.

/// A shared library on disk for this machine: its header and what leads to the rest.
final class ELFImage {
  static let maximumSize = 512 << 20

  struct Segment {
    var type: UInt32
    var flags: UInt32
    var offset: Int
    var address: UInt64
    var fileSize: Int
    var alignment: UInt64
  }

  let file: PlainFile
  let segments: [Segment]
  let sections: ELFSections

  /// Whether the stack of every thread has to be executable for it.
  var wantsExecutableStack: Bool {
    segments.contains { $0.type == Self.gnuStack && $0.flags & Self.executable != 0 }
  }

  /// - Throws: `ELFFault` for everything but a shared library of this machine.
  init(_ file: PlainFile) throws(ELFFault) {
    let header = try Self.header(of: file)
    self.file = file
    segments = try Self.segments(header, file)
    sections = ELFSections(header: header, file: file)
  }

  /// The first 64 bytes, checked for being a shared library of this machine.
  private static func header(of file: PlainFile) throws(ELFFault) -> [UInt8] {
    guard file.size > 0 else { throw .empty }
    guard file.size <= maximumSize else { throw .tooLarge }
    guard file.bytes(at: 0, count: 4) == [0x7F, UInt8(ascii: "E"), UInt8(ascii: "L"), UInt8(ascii: "F")] else { throw .notELF }
    guard let identity = file.bytes(at: 0, count: 20) else { throw .damaged("the header is cut off") }
    guard identity[4] == 2, identity[5] == 1 else { throw .otherClass }
    guard let header = file.bytes(at: 0, count: 64), let type = header.uint16(at: 16), let machine = header.uint16(at: 18) else {
      throw .damaged("the header is cut off")
    }
    guard machine == ELFFault.hostMachine else { throw .otherMachine(machine) }
    guard type == dynamicObject else { throw .notShared }
    return header
  }

  private static func segments(_ header: [UInt8], _ file: PlainFile) throws(ELFFault) -> [Segment] {
    guard let table = header.uint64(at: 32).flatMap({ Int(exactly: $0) }), let size = header.uint16(at: 54),
      let count = header.uint16(at: 56).map(Int.init)
    else { throw .damaged("the header is cut off") }
    guard size == 56, count > 0, count <= 1_024, let bytes = file.bytes(at: table, count: 56 * count) else {
      throw .damaged("the program headers lie outside of the file")
    }
    var segments: [Segment] = []
    for at in stride(from: 0, to: bytes.count, by: 56) {
      guard let segment = segment(bytes, at), segment.offset <= file.size, segment.fileSize <= file.size - segment.offset else {
        throw .damaged("a segment lies outside of the file")
      }
      segments.append(segment)
    }
    return segments
  }

  private static func segment(_ bytes: [UInt8], _ at: Int) -> Segment? {
    guard let type = bytes.uint32(at: at), let flags = bytes.uint32(at: at + 4), let offset = bytes.uint64(at: at + 8),
      let address = bytes.uint64(at: at + 16), let size = bytes.uint64(at: at + 32), let alignment = bytes.uint64(at: at + 48)
    else { return nil }
    // What the file does not hold has no place in it: a segment of zeroes may point anywhere.
    guard size > 0 else { return Segment(type: type, flags: flags, offset: 0, address: address, fileSize: 0, alignment: alignment) }
    guard let offset = Int(exactly: offset), let size = Int(exactly: size) else { return nil }
    return Segment(type: type, flags: flags, offset: offset, address: address, fileSize: size, alignment: alignment)
  }

  /// Where an address of the loaded image lies in the file, and how many bytes follow it there.
  func place(of address: UInt64) -> (offset: Int, available: Int)? {
    for segment in segments where segment.type == Self.load && address >= segment.address {
      let distance = address - segment.address
      guard distance < UInt64(segment.fileSize) else { continue }
      return (segment.offset + Int(distance), segment.fileSize - Int(distance))
    }
    return nil
  }

  /// The bytes at an address of the loaded image; nil when the file does not have them all.
  func bytes(at address: UInt64, count: Int) -> [UInt8]? {
    guard let place = place(of: address), count <= place.available else { return nil }
    return file.bytes(at: place.offset, count: count)
  }

  static let load: UInt32 = 1
  static let dynamic: UInt32 = 2
  static let note: UInt32 = 4
  private static let gnuStack: UInt32 = 0x6474_E551
  private static let executable: UInt32 = 1
  private static let dynamicObject: UInt16 = 3
}
