// SPDX-License-Identifier: Apache-2.0

/// What the door tells its owner. Called on the door's thread; must not block.
struct DoorNotes: Sendable {
  /// No more connections are accepted for now, with the reason as half a sentence.
  var acceptingPaused: @Sendable (String) -> Void = { _ in }
}
