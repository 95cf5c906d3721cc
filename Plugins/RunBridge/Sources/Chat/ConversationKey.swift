// SPDX-License-Identifier: Apache-2.0

/// Which conversation is meant.
struct ConversationKey: Sendable, Hashable {
  /// A run's id.
  let run: String
  /// The run's id too, for the one that a run has without naming it.
  let conversation: String
}
