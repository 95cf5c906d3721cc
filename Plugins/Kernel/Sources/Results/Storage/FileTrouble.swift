// SPDX-License-Identifier: Apache-2.0

/// Why a file of the results could not be written or read, as a sentence.
struct FileTrouble: Error, Hashable, CustomStringConvertible {
  let description: String
  /// Whether there is no room.
  let isFull: Bool
}
