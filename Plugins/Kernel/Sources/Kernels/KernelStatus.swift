// SPDX-License-Identifier: Apache-2.0

/// What a kernel is doing: Jupyter's words, and one for a broken line.
enum KernelStatus: String, Sendable, Hashable, Codable {
  case starting
  case idle
  case busy
  case restarting
  /// Shutting down on order.
  case terminating
  /// It ended, by itself or on order.
  case dead
  /// Its connection broke and is tried again.
  case disconnected
}
