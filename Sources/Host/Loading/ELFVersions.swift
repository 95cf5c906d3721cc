// SPDX-License-Identifier: Apache-2.0
// Symbol versions: "GLIBC_2.38 of libc.so.6". A library from a newer system wants versions that an older one does not have.

/// The symbol versions that a library wants of others, and those it offers.
enum ELFVersions {
  /// For each library, by the name it is needed under, the versions that must be there.
  static func wanted(_ image: ELFImage, _ dynamic: ELFDynamic) -> [(library: String, versions: [String])] {
    guard let table = bytes(image, dynamic.value(ELFDynamic.Tag.neededVersions)) else { return [] }
    var wanted: [(String, [String])] = []
    var at = 0
    for _ in 0..<entries(dynamic.value(ELFDynamic.Tag.neededVersionCount)) {
      guard let count = table.uint16(at: at + 2), let file = table.uint32(at: at + 4), let first = table.uint32(at: at + 8),
        let next = table.uint32(at: at + 12), let library = dynamic.strings.text(at: Int(file))
      else { break }
      wanted.append((library, versions(table, at: at + Int(first), count: Int(count), dynamic.strings)))
      guard next > 0 else { break }
      at += Int(next)
    }
    return wanted
  }

  private static func versions(_ table: [UInt8], at start: Int, count: Int, _ strings: [UInt8]) -> [String] {
    var names: [String] = []
    var at = start
    for _ in 0..<min(count, 4_096) {
      guard let flags = table.uint16(at: at + 4), let name = table.uint32(at: at + 8), let next = table.uint32(at: at + 12) else { break }
      // 2 is the flag of a weak wish.
      if flags & 2 == 0, let text = strings.text(at: Int(name)) { names.append(text) }
      guard next > 0 else { break }
      at += Int(next)
    }
    return names
  }

  /// The versions a library offers; nil when it has none at all, which satisfies every wish.
  static func offered(_ image: ELFImage, _ dynamic: ELFDynamic) -> Set<String>? {
    guard let table = bytes(image, dynamic.value(ELFDynamic.Tag.definedVersions)) else { return nil }
    var offered: Set<String> = []
    var at = 0
    for _ in 0..<entries(dynamic.value(ELFDynamic.Tag.definedVersionCount)) {
      guard let first = table.uint32(at: at + 12), let next = table.uint32(at: at + 16), let name = table.uint32(at: at + Int(first)) else {
        break
      }
      if let text = dynamic.strings.text(at: Int(name)) { offered.insert(text) }
      guard next > 0 else { break }
      at += Int(next)
    }
    return offered
  }

  /// From the beginning of a table to as far as it can reach. Its size stands nowhere.
  private static func bytes(_ image: ELFImage, _ address: UInt64?) -> [UInt8]? {
    guard let address, let place = image.place(of: address) else { return nil }
    return image.file.bytes(at: place.offset, count: min(place.available, 256 << 10))
  }

  private static func entries(_ count: UInt64?) -> Int { Int(min(count ?? 0, 4_096)) }
}
