// SPDX-License-Identifier: Apache-2.0
// A trainer does not say who it is: the kernel knows whose socket it is.

internal import Glibc
internal import Processes

/// The process at the other end of a connection, as /proc shows it. Nil wherever it belongs to another user.
struct PeerProcess: Sendable, Equatable {
  let id: pid_t
  /// See `ProcessStat`.
  var began: UInt64
  var workingDirectory: String?
  /// It, its parent, and so on; the first is `id`.
  var ancestry: [pid_t]

  /// So many descriptors are looked at in one search.
  private static let mostDescriptors = 200_000
  private static let mostAncestors = 32
  private static let mostReads = 3

  /// Finds the process that holds a socket of this machine's loopback.
  ///
  /// Looks through the descriptors of every process of this user: milliseconds, so not for a thread that has better to do.
  ///
  /// - Parameters:
  ///   - port: Of the process's end.
  ///   - ours: The port at this end.
  static func find(port: UInt16, ours: UInt16) -> PeerProcess? {
    // The kernel writes the table out page by page: while others open and close sockets, a read may pass one over.
    for _ in 0..<mostReads {
      for table in ["/proc/net/tcp", "/proc/net/tcp6"] {
        if let inode = inode(in: table, port, ours) { return find(inode: inode) }
      }
    }
    return nil
  }

  /// - Returns: Nil when there is no such process.
  init?(_ id: pid_t) {
    guard let stat = ProcessStat(id) else { return nil }
    self.id = id
    began = stat.began
    workingDirectory = Self.workingDirectory(of: id)
    ancestry = [id]
    while ancestry.count < Self.mostAncestors, let parent = ProcessStat(ancestry[ancestry.count - 1])?.parent, parent > 1 {
      ancestry.append(parent)
    }
  }

  /// Where a process is now.
  static func workingDirectory(of id: pid_t) -> String? {
    guard let path = link("/proc/\(id)/cwd"), path.hasPrefix("/"), !path.hasSuffix(" (deleted)") else { return nil }
    return path
  }

  // MARK: - Searching

  private static func inode(in table: String, _ port: UInt16, _ ours: UInt16) -> String? {
    for line in textFile(table).split(separator: "\n").dropFirst() {
      let columns = line.split(separator: " ", omittingEmptySubsequences: true)
      guard columns.count > 9, isLoopback(columns[1], port), isLoopback(columns[2], ours), columns[9] != "0" else { continue }
      return String(columns[9])
    }
    return nil
  }

  /// Whether it is "0100007F:1F90", or the same as an address of the newer kind, and any other of 127.0.0.0/8.
  private static func isLoopback(_ column: Substring, _ port: UInt16) -> Bool {
    let parts = column.split(separator: ":")
    return parts.count == 2 && parts[0].hasSuffix("7F") && UInt16(parts[1], radix: 16) == port
  }

  /// A child that was forked holds its parent's sockets too: the one that began first is meant.
  private static func find(inode: String) -> PeerProcess? {
    var looked = 0
    var holders: [(began: UInt64, id: pid_t)] = []
    for name in directoryNames("/proc") {
      guard looked < mostDescriptors, let id = pid_t(name) else { continue }
      let descriptors = directoryNames("/proc/\(name)/fd")
      looked += descriptors.count
      guard descriptors.contains(where: { link("/proc/\(name)/fd/\($0)") == "socket:[\(inode)]" }) else { continue }
      holders.append((ProcessStat(id)?.began ?? .max, id))
    }
    return holders.min { $0 < $1 }.flatMap { PeerProcess($0.id) }
  }

  private static func link(_ path: String) -> String? {
    unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(PATH_MAX)) { buffer in
      let count = unsafe readlink(path, buffer.baseAddress!, buffer.count)  // not nil: the capacity is above zero
      guard count > 0 else { return nil }
      return unsafe String(decoding: UnsafeRawBufferPointer(start: buffer.baseAddress, count: count), as: UTF8.self)
    }
  }
}

/// Reads a small file; empty when that is not possible.
func textFile(_ path: String) -> String {
  let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
  guard descriptor >= 0 else { return "" }
  defer { close(descriptor) }
  var bytes: [UInt8] = []
  var buffer = [UInt8](repeating: 0, count: 64 << 10)
  while true {
    let count = unsafe buffer.withUnsafeMutableBytes { unsafe read(descriptor, $0.baseAddress, $0.count) }
    guard count > 0, bytes.count < 64 << 20 else { return String(decoding: bytes, as: UTF8.self) }
    bytes += buffer[..<count]
  }
}

/// The names in a directory; none when it cannot be read.
func directoryNames(_ directory: String) -> [String] {
  guard let open = unsafe opendir(directory) else { return [] }
  defer { unsafe closedir(open) }
  var names: [String] = []
  while let entry = unsafe readdir(open) {
    let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
      unsafe pointer.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
    }
    names.append(name)
  }
  return names
}
