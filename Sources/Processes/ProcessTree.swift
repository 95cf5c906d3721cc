// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// A process and all that came of it.
public struct ProcessTree: Sendable {
  /// Of the process that began the others.
  public let root: ProcessIdentity
  /// "NAME=VALUE": whatever has this variable belongs to the tree, wherever it went.
  public let marker: String?

  /// Describes a tree.
  public init(_ root: ProcessIdentity, marker: String? = nil) {
    self.root = root
    self.marker = marker
  }

  /// All that live: the root if it does, its descendants, the members of its session, and what bears the marker. A process whose parent
  /// has ended is found by session and marker.
  public func members() -> [(id: ProcessIdentity, stat: ProcessStat)] {
    let stats = Dictionary(uniqueKeysWithValues: ProcFile.processes().compactMap { pid in ProcessStat(pid).map { (pid, $0) } })
    let rootIsThere = stats[root.pid].map { $0.began == root.began } ?? true
    var found: Set<Int32> = rootIsThere ? Set(stats.filter { $0.value.session == root.pid && $0.value.began >= root.began }.keys) : []
    if rootIsThere, stats[root.pid] != nil { found.insert(root.pid) }
    if let marker { found.formUnion(stats.filter { $0.value.began >= root.began && bears(marker, $0.key) }.keys) }
    var children: [Int32: [Int32]] = [:]
    for (pid, stat) in stats { children[stat.parent, default: []].append(pid) }
    var open = Array(found)
    while let pid = open.popLast() {
      for child in children[pid] ?? [] where found.insert(child).inserted { open.append(child) }
    }
    return found.sorted().compactMap { pid in stats[pid].map { (ProcessIdentity(pid: pid, began: $0.began), $0) } }
  }

  /// What all members use together.
  ///
  /// - Returns: Nil when none lives.
  public func usage() -> ProcessTreeUsage? {
    let members = members()
    guard !members.isEmpty else { return nil }
    return ProcessTreeUsage(
      processes: members.count, memory: members.reduce(0) { $0 + $1.stat.memory },
      cpuSeconds: members.reduce(0) { $0 + $1.stat.cpuSeconds })
  }

  /// Sends a signal to every member.
  ///
  /// - Returns: How many there were.
  @discardableResult public func signal(_ number: Int32) -> Int {
    let members = members().filter { $0.id.pid != getpid() }
    for member in members { member.id.signal(number) }
    return members.count
  }

  private func bears(_ marker: String, _ pid: Int32) -> Bool {
    let wanted = Array(marker.utf8)
    return ProcFile.bytes("/proc/\(pid)/environ").split(separator: 0).contains { $0.elementsEqual(wanted) }
  }
}
