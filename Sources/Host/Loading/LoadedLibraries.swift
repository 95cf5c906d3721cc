// SPDX-License-Identifier: Apache-2.0

/// The shared libraries inside this process.
enum LoadedLibraries {
  /// Their paths, this program's own file first. The kernel lists what is mapped; Glibc's list needs a header that Swift does not import.
  static func paths() -> [String] {
    guard let maps = try? PlainFile("/proc/self/maps").everything(limit: 64 << 20) else { return ["/proc/self/exe"] }
    var seen: Set<Substring> = []
    var paths = ["/proc/self/exe"]
    for line in String(decoding: maps, as: UTF8.self).split(separator: "\n") {
      // "7f00-7f01 r-xp 00000000 08:01 1234   /lib/libc.so.6": code is what is mapped as executable.
      let fields = line.split(separator: " ", maxSplits: 5)
      guard fields.count == 6, fields[1].dropFirst(2).first == "x" else { continue }
      let path = fields[5].drop { $0 == " " }
      if path.hasPrefix("/"), !path.hasSuffix(" (deleted)"), seen.insert(path).inserted { paths.append(String(path)) }
    }
    return paths
  }
}
