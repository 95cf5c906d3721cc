// SPDX-License-Identifier: Apache-2.0

/// What has come through the door since the start.
struct PumpCounts: Sendable, Equatable {
  var connections = 0
  var lines = 0
  var events = 0
  var replies = 0
  /// Lines cut off by the end of their connection.
  var torn = 0
  /// Lines over the limit.
  var tooLong = 0
  var notJSON = 0
  /// JSON that is neither an event nor a reply.
  var unknown = 0
}
