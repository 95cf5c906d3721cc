// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// One process for good: its number may be another's later, with its beginning it is not.
public struct ProcessIdentity: Sendable, Hashable, Codable {
  /// Its number.
  public let pid: Int32
  /// See `ProcessStat`.
  public let began: UInt64

  /// Names a process that is known already.
  public init(pid: Int32, began: UInt64) {
    self.pid = pid
    self.began = began
  }

  /// - Returns: Nil when there is no such process.
  public init?(_ pid: Int32) {
    guard pid > 0, let stat = ProcessStat(pid) else { return nil }
    self.init(pid: pid, began: stat.began)
  }

  /// Whether it has not ended. False when its number belongs to another process.
  public var isAlive: Bool { ProcessStat(pid)?.began == began }

  /// Sends a signal to it and to its group, if it leads one; does nothing when it has ended.
  ///
  /// - Returns: Whether it was there.
  @discardableResult public func signalGroup(_ number: Int32) -> Bool {
    guard let stat = ProcessStat(pid), stat.began == began else { return false }
    _ = stat.group == pid ? kill(-pid, number) : kill(pid, number)
    return true
  }

  /// Sends a signal to it alone; does nothing when it has ended.
  @discardableResult public func signal(_ number: Int32) -> Bool {
    guard isAlive else { return false }
    return kill(pid, number) == 0
  }
}
