// SPDX-License-Identifier: Apache-2.0

/// Whether the system's memory killer was at work while a process lived.
public struct MemoryKills: Sendable {
  private static let machine = "/proc/vmstat"

  private let before: [String: Int]

  /// Notes how often it was so far, in the process's control group and on the whole machine.
  public init(of pid: Int32) {
    let files = Self.files(of: pid) + [Self.machine]
    before = Dictionary(files.compactMap { file in Self.count(file).map { (file, $0) } }) { first, _ in first }
  }

  /// Whether it has been since. Says nothing about which process it ended.
  public var happened: Bool { before.contains { (Self.count($0.key) ?? 0) > $0.value } }

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
