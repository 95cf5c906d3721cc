// SPDX-License-Identifier: Apache-2.0

/// A message of a front end, and the way back to it.
struct ProxyRequest: Sendable {
  var message: KernelMessage
  /// The frames that lead to the front end on the message's channel.
  var sender: [[UInt8]]
}
