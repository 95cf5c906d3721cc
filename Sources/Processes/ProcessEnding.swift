// SPDX-License-Identifier: Apache-2.0

/// How a process ended.
public enum ProcessEnding: Sendable, Hashable {
  /// With this exit code.
  case exited(Int32)
  /// By this signal.
  case signalled(Int32)
  /// It was no child of this process, so nobody told.
  case unknown
}
