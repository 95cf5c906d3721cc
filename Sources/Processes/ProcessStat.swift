// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// What /proc/PID/stat says of a process that has not ended.
public struct ProcessStat: Sendable, Equatable {
  /// Its parent's number.
  public let parent: Int32
  /// The number of its group.
  public let group: Int32
  /// The number of its session.
  public let session: Int32
  /// In clock ticks since the machine's start: with the number it names a process for good.
  public let began: UInt64
  /// Processor seconds of it and of the children it has reaped, user and system.
  public let cpuSeconds: Double
  /// Resident bytes, shared pages too.
  public let memory: Int64

  /// - Returns: Nil when there is no such process, or it has ended and waits to be reaped.
  public init?(_ id: Int32) {
    // The name in brackets may hold anything, brackets too.
    guard let columns = ProcFile.text("/proc/\(id)/stat").split(separator: ")").last?.split(separator: " "), columns.count > 21,
      let parent = Int32(columns[1]), let group = Int32(columns[2]), let session = Int32(columns[3]), let began = UInt64(columns[19]),
      columns[0] != "Z"
    else { return nil }
    self.parent = parent
    self.group = group
    self.session = session
    self.began = began
    cpuSeconds = columns[11...14].reduce(0) { $0 + (Double($1) ?? 0) } / Double(sysconf(Int32(_SC_CLK_TCK)))
    memory = (Int64(columns[21]) ?? 0) * Int64(sysconf(Int32(_SC_PAGESIZE)))
  }
}
