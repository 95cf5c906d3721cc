// SPDX-License-Identifier: Apache-2.0
import Host

extension NearMiss {
  /// The end of a sentence: "; did you mean 'status'?", or nothing.
  static func hint(for word: String, in candidates: [String]) -> String {
    closest(to: word, in: candidates).map { "; did you mean '\($0)'?" } ?? ""
  }
}
