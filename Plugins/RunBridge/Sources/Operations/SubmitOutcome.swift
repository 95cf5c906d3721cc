// SPDX-License-Identifier: Apache-2.0

internal import JSON

/// What became of an answer that came from outside.
enum SubmitOutcome: Sendable, Hashable {
  /// Nobody waits or waited for it.
  case unknown
  /// It was answered before, or its time is over.
  case completed
  /// It is with the script; the operation as the script names it.
  case accepted(operation: JSONValue)
  /// Not now, or not this; with a status as HTTP has them.
  case refused(status: Int, message: String)
}
