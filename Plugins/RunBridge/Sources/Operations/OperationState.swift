// SPDX-License-Identifier: Apache-2.0

/// How far an operation is.
enum OperationState: String, Sendable, Hashable, CaseIterable {
  /// For an answer.
  case waiting
  /// The answer is here and not yet with the script.
  case submitted
  case delivered
  /// The script heard the error "cancelled".
  case cancelled
  /// Its time passed, and the script heard of it.
  case expired
  /// Nothing will come of it: the script has gone, or the host could not do it.
  case failed
  /// The answer came when the script had gone.
  case orphaned

  var isOpen: Bool { self == .waiting || self == .submitted }
}
