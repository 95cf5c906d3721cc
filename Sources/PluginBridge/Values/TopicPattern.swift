// SPDX-License-Identifier: Apache-2.0

/// Which topics a subscription wants: an exact name, "trainer.*" for all below "trainer", or "*" for all.
package struct TopicPattern: Sendable, Hashable, CustomStringConvertible {
  package let description: String
  private let prefix: String?

  /// - Throws: `TopicPatternError` when a part is empty or holds anything but lower-case letters, digits and "_", or a star stands elsewhere than last.
  package init(_ text: String) throws(TopicPatternError) {
    description = text
    if text == "*" {
      prefix = ""
      return
    }
    let exact = text.hasSuffix(".*") ? String(text.dropLast(2)) : text
    guard Self.isTopic(exact) else { throw TopicPatternError(pattern: text) }
    prefix = exact.utf8.count == text.utf8.count ? nil : exact + "."
  }

  package func matches(_ topic: String) -> Bool {
    guard let prefix else { return topic == description }
    return topic.utf8.starts(with: prefix.utf8)
  }

  /// Whether the text is "part.part…" of lower-case letters, digits and "_", each part beginning with a letter.
  package static func isTopic(_ text: String) -> Bool {
    guard !text.isEmpty, text.utf8.count <= 200 else { return false }
    return text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).allSatisfy { part in
      guard let first = part.first, UInt8(ascii: "a")...UInt8(ascii: "z") ~= first else { return false }
      return part.allSatisfy {
        UInt8(ascii: "a")...UInt8(ascii: "z") ~= $0 || UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 || $0 == UInt8(ascii: "_")
      }
    }
  }
}

/// A pattern that cannot be one.
package struct TopicPatternError: Error, CustomStringConvertible {
  package let pattern: String

  package var description: String {
    "'\(pattern)' is not a topic pattern; write an exact topic such as 'trainer.step', 'trainer.*' for all below it, or '*' for all"
  }
}
