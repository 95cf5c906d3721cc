// SPDX-License-Identifier: Apache-2.0

/// A way to interrupt a kernel.
enum InterruptWay: String, Sendable, Hashable, Codable {
  /// SIGINT to its process group.
  case signal
  /// `interrupt_request` on the control channel.
  case message
  /// Asking the server that runs it.
  case server
}
