// SPDX-License-Identifier: Apache-2.0
// Reads /etc/ld.so.cache, the list that ldconfig makes. Its layout is that of glibc's sysdeps/generic/dl-cache.h.

/// Where the system's libraries are, by the name they are needed under.
struct LibraryCache {
  private let paths: [String: [String]]

  /// Reads the file; empty when it is missing or is not of the format "glibc-ld.so.cache1.1".
  init(path: String = "/etc/ld.so.cache") {
    guard let file = try? PlainFile(path), file.size <= 64 << 20, let bytes = file.bytes(at: 0, count: file.size) else {
      self.init([])
      return
    }
    self.init(bytes)
  }

  init(_ bytes: [UInt8]) {
    var paths: [String: [String]] = [:]
    if let start = Self.start(bytes), let count = bytes.uint32(at: start + 20) {
      for at in stride(from: start + 48, to: bytes.count, by: 24).prefix(Int(count)) {
        // Offsets count from the header on.
        guard let key = bytes.uint32(at: at + 4), let value = bytes.uint32(at: at + 8), let name = bytes.text(at: start + Int(key)),
          let path = bytes.text(at: start + Int(value))
        else { continue }
        paths[name, default: []].append(path)
      }
    }
    self.paths = paths
  }

  /// The files of that name, the preferred one first; some may be for other machines.
  subscript(name: String) -> [String] { paths[name] ?? [] }

  /// Where the header begins: at once, or behind a list in the format of before glibc 2.32.
  private static func start(_ bytes: [UInt8]) -> Int? {
    let magic = Array("glibc-ld.so.cache1.1".utf8)
    if bytes.starts(with: magic) { return 0 }
    guard bytes.starts(with: "ld.so-1.7.0\0".utf8), let count = bytes.uint32(at: 12) else { return nil }
    let start = (16 + 12 * Int(count) + 7) / 8 * 8
    return start < bytes.count && bytes[start...].starts(with: magic) ? start : nil
  }
}
