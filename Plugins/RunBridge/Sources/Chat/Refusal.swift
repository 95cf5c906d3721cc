// SPDX-License-Identifier: Apache-2.0

/// Tells an answer that only refuses from one that answers.
enum Refusal {
  private static let beginnings = [
    "sorry, i can't assist", "sorry, i cannot assist", "sorry, i can't help with", "sorry, i cannot help with",
    "i'm sorry, but i can't", "i'm sorry, but i cannot", "i'm sorry, i can't", "i'm sorry, i cannot", "i am sorry, but i can't",
    "i am sorry, but i cannot", "i can't assist with", "i cannot assist with", "i can't help with that", "i cannot help with that",
    "i'm unable to assist", "i am unable to assist", "i'm unable to help with", "i am unable to help with",
    "i won't be able to assist", "i'm not able to assist", "i must decline",
  ]

  private static let offTopic = [
    "is off topic", "is off-topic", "seems off topic", "seems off-topic", "are off topic", "are off-topic", "be off topic", "be off-topic",
    "that's off topic", "that's off-topic", "only help with programming", "only assist with programming", "only answer programming",
  ]

  /// In characters: only what stands near the beginning speaks of the question.
  private static let looked = 300

  static func isOne(_ text: String) -> Bool {
    let words = text.drop { $0.isWhitespace }.prefix(looked).lowercased().replacing("\u{2019}", with: "'")
    return beginnings.contains { words.hasPrefix($0) } || offTopic.contains { words.contains($0) }
  }
}
