// SPDX-License-Identifier: Apache-2.0

/// How much is written and read at once. What is read becomes messages, which take ten times as much for a moment, on any of some threads.
enum BlockSize {
  static let usual = 64 << 10
  /// What a block is begun with: the last message may pass its size.
  static let reserved = usual + (4 << 10)
}
