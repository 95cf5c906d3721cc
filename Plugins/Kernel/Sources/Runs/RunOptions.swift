// SPDX-License-Identifier: Apache-2.0

/// How a run is sent to the kernel: members of `execute_request`.
struct RunOptions: Sendable, Hashable {
  var storesHistory = true
  var isSilent = false
  /// Whether code may ask for input.
  var allowsInput = true
  /// JSON object for the message's metadata, as a front end gave it; `{}` otherwise.
  var metadata: [UInt8] = Array("{}".utf8)
  /// JSON object of expressions, evaluated after the code.
  var userExpressions: [UInt8] = Array("{}".utf8)
}
