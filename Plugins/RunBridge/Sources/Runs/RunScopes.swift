// SPDX-License-Identifier: Apache-2.0

/// What a run may ask for.
struct RunScopes: Sendable, Hashable, Codable {
  /// Patterns of request types, as "vscode/*": a star stands for any text.
  var requests: [String]
  /// Patterns of commands that `executeCommand` may run without consent.
  var commands: [String]

  /// Every request, and no command without consent but those of the configuration.
  static let ordinary = RunScopes(requests: ["*"], commands: [])

  func allowsRequest(_ type: String) -> Bool { requests.contains { Self.matches(type, $0) } }

  func allowsCommand(_ name: String) -> Bool { commands.contains { Self.matches(name, $0) } }

  /// Whether a text fits a pattern; a star stands for any text, also none, every other character for itself.
  static func matches(_ text: String, _ pattern: String) -> Bool {
    let (text, pattern) = (Array(text.utf8), Array(pattern.utf8))
    var (at, of) = (0, 0)
    var retry: (text: Int, pattern: Int)?
    while at < text.count {
      if of < pattern.count, pattern[of] == UInt8(ascii: "*") {
        retry = (at, of + 1)
        of += 1
      } else if of < pattern.count, pattern[of] == text[at] {
        (at, of) = (at + 1, of + 1)
      } else if let again = retry {
        retry = (again.text + 1, again.pattern)
        (at, of) = (again.text + 1, again.pattern)
      } else {
        return false
      }
    }
    return pattern[of...].allSatisfy { $0 == UInt8(ascii: "*") }
  }
}
