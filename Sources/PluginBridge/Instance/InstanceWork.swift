// SPDX-License-Identifier: Apache-2.0

/// One thing for an instance's thread to do.
package enum InstanceWork: Sendable {
  case invoke(any InstanceCall, payload: [UInt8], content: Content)
  case event(InstanceEvent)
  /// Events wait in the subscription of this position.
  case subscription(Int)
  /// The host asks whether this thread is free; `pong` is told once the plugin has been asked too.
  case ping(pong: @Sendable () -> Void)
  /// Nothing; the thread looks again where its work comes from.
  case look
  /// One of several threads goes home.
  case leave
  case stop(deadline: UInt64)
}
