// SPDX-License-Identifier: Apache-2.0

/// What one client, and all of them, may cost the host.
package struct ControlLimits: Sendable, Hashable {
  /// Of one incoming line.
  package var lineBytes = 16 << 20
  package var connections = 256
  /// Waiting for one client to read them; a client with more is cut off.
  package var outgoingBytes = 32 << 20
  package var subscriptionsPerConnection = 64
  /// Requests of one client that are not answered yet.
  package var callsPerConnection = 1_000

  package init() {}

  /// Above this many waiting bytes a client gets only what it asked for before: no further events, chunks or requests are taken on.
  var lowMark: Int { min(1 << 20, outgoingBytes / 4) }
}
