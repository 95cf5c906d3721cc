// SPDX-License-Identifier: Apache-2.0

/// What a message's header says, as far as anybody here asks.
struct MessageHeader: Sendable, Hashable {
  /// Unique among the messages of its sender.
  var id: String
  /// As "execute_request".
  var type: String
  /// The sender's session. A kernel's changes when its process does.
  var session: String = ""
  var username: String = ""
  /// ISO 8601, as the sender wrote it; nil when it wrote none.
  var date: String?
  /// Of the protocol. Not to be relied on: see `supported_features` and what is seen.
  var version: String = "5.4"
  /// The subshell meant, for requests on shell and stdin.
  var subshell: String?
}
