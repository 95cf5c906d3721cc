// SPDX-License-Identifier: Apache-2.0

/// A live conversation with one kernel.
protocol KernelLink: AnyObject, Sendable {
  /// Sends a message on its channel. Never blocks; the order on a channel is kept.
  func send(_ message: KernelMessage) throws

  /// Returns when the kernel answers and what it publishes is certain to arrive: the first request after this loses nothing.
  ///
  /// - Returns: The JSON content of the `kernel_info_reply`.
  func ready(within limit: Duration) async throws -> [UInt8]

  /// Ends the conversation; the kernel lives on. No event comes after this has returned.
  func close() async
}
