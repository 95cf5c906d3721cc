// SPDX-License-Identifier: Apache-2.0

/// An answer for a connection that is not there yet.
struct ParkedAnswer: Sendable {
  /// Submitted, with its answer.
  var operation: KeptOperation
  let connection: UInt
  /// The state when it is delivered.
  let wanted: OperationState
}
