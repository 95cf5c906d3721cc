// SPDX-License-Identifier: Apache-2.0

/// Names of commands, as scripts write them.
enum CommandName {
  static let longest = 200

  /// Makes a script a front, or a person: what no scope and no consent allows.
  static let reserved: Set<String> = ["bridge.attach", "bridge.answer", "bridge.request"]

  /// Whether it can be a command of Jackfield: namespace and verb of lower-case letters, digits and "_".
  static func isOurs(_ name: String) -> Bool {
    let parts = name.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count > 1
      && parts.allSatisfy { part in
        !part.isEmpty && part.utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || $0 == UInt8(ascii: "_") }
      }
  }
}
