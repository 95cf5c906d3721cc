// SPDX-License-Identifier: Apache-2.0

/// The beginning or the end of an episode, as a watch tells it.
struct WatchNews: Sendable, Equatable {
  enum Change: Sendable, Equatable {
    /// The sentence says what is wrong; `numbers` are what the watch needs to know the end of the episode after a restart.
    case began(sentence: String, numbers: [String: Double])
    case ended(sentence: String)
  }

  var kind: AlertKind
  var step: Int?
  var change: Change
}
