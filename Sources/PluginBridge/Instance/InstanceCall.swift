// SPDX-License-Identifier: Apache-2.0

/// A call as the instance that answers it sees it.
package protocol InstanceCall: AnyObject, Sendable {
  var id: CallID { get }
  /// 0 when there is none.
  var parentID: CallID { get }
  /// Absolute, CLOCK_MONOTONIC, in nanoseconds; 0 is none.
  var deadline: UInt64 { get }
  var initialCredit: UInt64 { get }
  var commandName: String { get }
  /// ok while the caller waits; else what the caller was told.
  var status: CallStatus { get }
  /// Whether the caller still waits.
  var isOpen: Bool { get }
}
