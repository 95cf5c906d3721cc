// SPDX-License-Identifier: Apache-2.0

/// Wrong words on the command line.
struct UsageError: Error, CustomStringConvertible {
  let description: String
  /// Whose help to point at.
  let subcommand: String?

  init(_ description: String, subcommand: String? = nil) {
    self.description = description
    self.subcommand = subcommand
  }
}
