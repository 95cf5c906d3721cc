// SPDX-License-Identifier: Apache-2.0

/// How much is written and read at once.
enum BlockSize {
  static let usual = 256 << 10
  /// What a block is begun with: the last message may pass its size.
  static let reserved = usual + (8 << 10)
}
