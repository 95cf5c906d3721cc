// SPDX-License-Identifier: Apache-2.0

/// Whether the system's memory killer was at work while a process lived.
public struct MemoryKills: Sendable {
  private let file: String
  private let before: Int

  /// Notes how often it was so far, in the process's control group; on the whole machine where the group does not count it.
  public init(of pid: Int32) {
    file = Self.files(of: pid).first { Self.count($0) != nil } ?? "/proc/vmstat"
    before = Self.count(file) ?? 0
  }

  /// Whether it has been since. Says nothing about which process it ended.
  public var happened: Bool { (Self.count(file) ?? 0) > before }

  /// `memory.events` of the unified hierarchy, `memory.oom_control` of the older one.
  private static func files(of pid: Int32) -> [String] {
    ProcFile.text("/proc/\(pid)/cgroup").split(separator: "\n").compactMap { line in
      let columns = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      guard columns.count == 3 else { return nil }
      if columns[1].isEmpty { return "/sys/fs/cgroup\(columns[2])/memory.events" }
      guard columns[1].split(separator: ",").contains("memory") else { return nil }
      return "/sys/fs/cgroup/memory\(columns[2])/memory.oom_control"
    }
  }

  static func count(_ file: String) -> Int? {
    for line in ProcFile.text(file).split(separator: "\n") {
      let columns = line.split(separator: " ")
      if columns.count == 2, columns[0] == "oom_kill" { return Int(columns[1]) }
    }
    return nil
  }
}
