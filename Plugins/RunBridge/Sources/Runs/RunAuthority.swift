// SPDX-License-Identifier: Apache-2.0

/// Knows the runs and their tokens; the door asks it before it lets anybody in. Called on the door's thread: must not wait.
protocol RunAuthority: Sendable {
  /// Whose token and session these are; nil: nobody's, or of a run that is over. Compared in constant time.
  ///
  /// - Parameter session: Nil: whose token it is, whatever the session.
  func caller(token: String, session: String?, connection: UInt?) -> Caller?

  /// Who is behind a connection that the last host let in and handed over; nil: the run is over.
  func caller(run: String, connection: UInt) -> Caller?

  /// A connection of a run is open.
  func connected(_ caller: Caller)

  /// It is closed, by whomever.
  func disconnected(_ caller: Caller)
}
