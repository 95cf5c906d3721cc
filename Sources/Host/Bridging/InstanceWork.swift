// SPDX-License-Identifier: Apache-2.0

/// One thing for an instance's thread to do.
enum InstanceWork: Sendable {
  case invoke(OpenCall, payload: [UInt8], content: Content)
  case event(InstanceEvent)
  /// Events wait in the subscription of this position.
  case subscription(Int)
  /// One of several threads goes home.
  case leave
  case stop(deadline: UInt64)
}
