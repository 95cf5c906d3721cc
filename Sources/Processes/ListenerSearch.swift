// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// Finds the process that listens somewhere on this machine, among those of this user.
public enum ListenerSearch {
  private static let listening: Substring = "0A"
  /// So many descriptors are looked at in one search.
  private static let mostDescriptors = 200_000

  /// The process that listens on a TCP port. Takes milliseconds.
  public static func process(onPort port: Int) -> ProcessIdentity? {
    for table in ["/proc/net/tcp", "/proc/net/tcp6"] {
      for line in ProcFile.text(table).split(separator: "\n").dropFirst() {
        let columns = line.split(separator: " ", omittingEmptySubsequences: true)
        guard columns.count > 9, columns[3] == listening, columns[1].split(separator: ":").last.flatMap({ Int($0, radix: 16) }) == port
        else { continue }
        if let found = process(withSocket: columns[9]) { return found }
      }
    }
    return nil
  }

  /// The process that listens on a Unix socket. Takes milliseconds.
  public static func process(onPath path: String) -> ProcessIdentity? {
    for line in ProcFile.text("/proc/net/unix").split(separator: "\n").dropFirst() where line.hasSuffix(" " + path) {
      let columns = line.split(separator: " ", omittingEmptySubsequences: true)
      if columns.count > 7, let found = process(withSocket: columns[6]) { return found }
    }
    return nil
  }

  /// A child that was forked holds its parent's sockets too: the one that began first is meant.
  private static func process(withSocket inode: Substring) -> ProcessIdentity? {
    let wanted = "socket:[\(inode)]"
    var looked = 0
    var holders: [ProcessIdentity] = []
    for pid in ProcFile.processes() where looked < mostDescriptors {
      let descriptors = ProcFile.names(in: "/proc/\(pid)/fd")
      looked += descriptors.count
      guard descriptors.contains(where: { ProcFile.link("/proc/\(pid)/fd/\($0)") == wanted }) else { continue }
      if let identity = ProcessIdentity(pid) { holders.append(identity) }
    }
    return holders.min { ($0.began, $0.pid) < ($1.began, $1.pid) }
  }
}
