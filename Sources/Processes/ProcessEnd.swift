// SPDX-License-Identifier: Apache-2.0

internal import CLinux
internal import Glibc

/// A descriptor that becomes readable when a process ends.
public struct ProcessEnd: Sendable {
  /// For a poller.
  public let descriptor: Int32

  /// - Returns: Nil when there is no such process. One that has ended and waits to be reaped is there.
  public init?(_ id: Int32) {
    descriptor = linux_process_descriptor(id)
    if descriptor < 0 { return nil }
  }

  /// Closes the descriptor.
  public func close() { _ = Glibc.close(descriptor) }
}
