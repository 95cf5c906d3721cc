// SPDX-License-Identifier: Apache-2.0

/// Who asks: a connection of a run.
struct Caller: Sendable, Hashable {
  /// The run's id.
  let run: String
  /// The run's name, for people.
  let name: String
  /// The folder the run belongs to, absolute; fronts of it are asked first.
  let workspace: String?
  let scopes: RunScopes
  /// Of the door; nil when the run asked in another way.
  let connection: UInt?
}
