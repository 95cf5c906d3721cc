// SPDX-License-Identifier: Apache-2.0
import JSON

/// The JSON of a failed call: {"message", "code", "retryable"}.
package enum CallFailure {
  /// - Parameter message: A sentence: what was tried, what happened, what to do.
  package static func payload(_ status: CallStatus, _ message: String) -> [UInt8] {
    JSONValue.object([
      "message": .string(message),
      "code": .string(status.name),
      "retryable": .bool(status.isRetryable),
    ]).bytes()
  }
}
