// SPDX-License-Identifier: Apache-2.0

/// A verdict and why, in one sentence for a person.
struct Judgement: Sendable, Equatable {
  var verdict: Verdict
  var sentence: String

  init(_ verdict: Verdict, _ sentence: String) {
    self.verdict = verdict
    self.sentence = sentence
  }
}
