// SPDX-License-Identifier: Apache-2.0

/// Why something could not be done with a file, as a sentence.
struct FileProblem: Error, Hashable, CustomStringConvertible {
  let description: String
  /// Whether it may be otherwise soon, with nobody doing anything: the file is being written.
  var isPassing = false
  /// Whether there is no room.
  var isFull = false

  init(_ description: String, isPassing: Bool = false, isFull: Bool = false) {
    self.description = description
    self.isPassing = isPassing
    self.isFull = isFull
  }
}
