// SPDX-License-Identifier: Apache-2.0

internal import PluginSDK

/// What is searched for in log lines: words that must all occur, "phrases in quotes", and words* cut short.
///
/// Every other character only separates words, so nothing a person types is a mistake of grammar. A word is a run of letters and digits,
/// whatever its case.
struct LogQuery: Sendable, Hashable {
  /// Words that follow one another.
  struct Phrase: Sendable, Hashable {
    var words: [String]
    /// Whether the last word may go on.
    var isPrefix = false
  }

  private static let most = 64

  private(set) var phrases: [Phrase] = []

  /// Reads what a person typed.
  ///
  /// - Throws: When there is no word in it, or too many.
  init(_ text: String) throws {
    for (index, part) in text.prefix(10_000).split(separator: "\"", omittingEmptySubsequences: false).enumerated() {
      if index % 2 == 1 {
        add(part)
      } else {
        for word in part.split(whereSeparator: \.isWhitespace) { add(word) }
      }
    }
    let shown = text.count > 100 ? text.prefix(100) + "…" : text[...]
    guard !phrases.isEmpty else {
      throw PluginFailure(
        "there is no word in the query '\(shown)'; give letters or digits to look for", code: "query_empty", status: .invalid)
    }
    guard phrases.reduce(0, { $0 + $1.words.count }) <= Self.most else {
      throw PluginFailure("the query '\(shown)' has more than \(Self.most) words; give fewer", code: "query_too_long", status: .invalid)
    }
  }

  private mutating func add(_ text: Substring) {
    let words = Self.words(of: text).map(\.folded)
    if !words.isEmpty { phrases.append(Phrase(words: words, isPrefix: text.hasSuffix("*"))) }
  }

  /// The same for FTS5. Words have letters and digits only, so that quotes hold them safely.
  var expression: String {
    phrases.map { "\"\($0.words.joined(separator: " "))\"\($0.isPrefix ? "*" : "")" }.joined(separator: " AND ")
  }

  // MARK: - Searching by reading

  /// A word of a text, and where it stands.
  struct Word {
    var folded: String
    var range: Range<String.Index>
  }

  static func words(of text: Substring) -> [Word] {
    var words: [Word] = []
    let scalars = text.unicodeScalars
    var start: String.Index?
    for index in scalars.indices {
      if isPart(scalars[index]) {
        start = start ?? index
      } else if let begun = start {
        words.append(Word(folded: text[begun..<index].lowercased(), range: begun..<index))
        start = nil
      }
    }
    if let start { words.append(Word(folded: text[start...].lowercased(), range: start..<text.endIndex)) }
    return words
  }

  /// As the tokenizer unicode61 has it: letters, digits, and what is combined with them.
  private static func isPart(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.isASCII { return scalar.properties.isAlphabetic || ("0"..."9").contains(scalar) }
    switch scalar.properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .decimalNumber, .letterNumber, .otherNumber,
      .privateUse, .nonspacingMark, .spacingMark:
      return true
    default: return false
    }
  }

  /// Where the phrases stand in a text; nil when one of them does not.
  func matches(in text: String) -> [Range<String.Index>]? {
    let words = Self.words(of: text[...])
    var found: [Range<String.Index>] = []
    for phrase in phrases {
      let places = words.indices.filter { begins(phrase, at: $0, of: words) }
      guard !places.isEmpty else { return nil }
      found += places.map { words[$0].range.lowerBound..<words[$0 + phrase.words.count - 1].range.upperBound }
    }
    return found
  }

  private func begins(_ phrase: Phrase, at place: Int, of words: [Word]) -> Bool {
    guard place + phrase.words.count <= words.count else { return false }
    for (offset, wanted) in phrase.words.enumerated() {
      let word = words[place + offset].folded
      let mayGoOn = phrase.isPrefix && offset == phrase.words.count - 1
      guard word == wanted || (mayGoOn && word.hasPrefix(wanted)) else { return false }
    }
    return true
  }
}
