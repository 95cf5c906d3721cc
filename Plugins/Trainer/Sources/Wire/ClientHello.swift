// SPDX-License-Identifier: Apache-2.0

/// How our own Python client introduces itself on each connection. The original trainer says nothing of the kind.
struct ClientHello: Sendable, Equatable {
  var sessionID: String?
  var runID: String?
  var project: String?
  var runName: String?
  var client: String?
  var version: String?
  /// It keeps every event until told that it was stored.
  var wantsAck = false
  var processID: Int64?
  var workingDirectory: String?
  var time: Double?
}
