// SPDX-License-Identifier: Apache-2.0

/// What a process and all that came of it use.
public struct ProcessTreeUsage: Sendable, Hashable {
  /// How many live.
  public var processes: Int
  /// Resident bytes; shared pages count in each process.
  public var memory: Int64
  /// Processor seconds, user and system, with those of children that have ended.
  public var cpuSeconds: Double
}
