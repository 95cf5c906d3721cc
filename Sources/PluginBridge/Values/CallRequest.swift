// SPDX-License-Identifier: Apache-2.0

/// The id of one call; 0 is none. Never reused while the host runs.
package typealias CallID = UInt64

/// A command to run, with its arguments and the terms of the call.
package struct CallRequest: Sendable {
  /// "namespace.verb".
  package var command: String
  package var payload: [UInt8]
  package var content: Content
  /// Absolute, CLOCK_MONOTONIC, in nanoseconds; 0 is none. The switchboard takes the least of this, the parent's and the command's default.
  package var deadline: UInt64
  /// How many chunks the receiver takes before it grants more.
  package var credit: UInt64
  /// The call on whose behalf this one is made, 0 if none.
  package var parent: CallID

  package init(
    command: String, payload: [UInt8] = [], content: Content = .json, deadline: UInt64 = 0, credit: UInt64 = 0, parent: CallID = 0
  ) {
    self.command = command
    self.payload = payload
    self.content = content
    self.deadline = deadline
    self.credit = credit
    self.parent = parent
  }
}
