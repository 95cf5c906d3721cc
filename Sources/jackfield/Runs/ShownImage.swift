// SPDX-License-Identifier: Apache-2.0

/// What became of an image.
enum ShownImage: Equatable {
  /// The escapes that draw it, to be written to the terminal.
  case drawn(String)
  case file(String)
  case failed(String)
}
