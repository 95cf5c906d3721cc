// SPDX-License-Identifier: Apache-2.0

/// What a logical line begins with, as far as blocks are concerned.
enum LeadWord: UInt8, Sendable {
  /// The line begins no logical line.
  case none
  /// Any other word: a simple statement, unless the line ends in `:`.
  case other
  case decorator, asyncWord, defWord, classWord
  case ifWord, elifWord, elseWord, forWord, whileWord, tryWord, exceptWord, finallyWord, withWord
  /// Words that are names too; what they are is seen from the line's end and from the block around.
  case matchWord, caseWord
  /// A word no expression holds: a line in brackets that begins so shows that a bracket was forgotten.
  case statementWord
  case magic, cellMagic

  /// A later part of a compound statement, whatever stands around it.
  var isClause: Bool {
    switch self {
    case .elifWord, .elseWord, .exceptWord, .finallyWord: true
    default: false
    }
  }

  /// Whether a simple statement cannot begin so.
  var needsBlock: Bool {
    switch self {
    case .asyncWord, .defWord, .classWord, .ifWord, .elifWord, .elseWord, .forWord, .whileWord, .tryWord, .exceptWord, .finallyWord,
      .withWord:
      true
    default: false
    }
  }

  /// Whether it can stand under decorators.
  var isDecorable: Bool {
    switch self {
    case .decorator, .asyncWord, .defWord, .classWord: true
    default: false
    }
  }

  /// Whether no expression can hold the word, so that it begins a statement wherever it begins a line of code.
  var neverInsideBrackets: Bool {
    switch self {
    case .defWord, .classWord, .elifWord, .whileWord, .tryWord, .exceptWord, .finallyWord, .withWord, .statementWord: true
    default: false
    }
  }

  var shown: String {
    switch self {
    case .decorator: "the decorator"
    case .asyncWord: "'async'"
    case .defWord: "'def'"
    case .classWord: "'class'"
    case .ifWord: "'if'"
    case .elifWord: "'elif'"
    case .elseWord: "'else'"
    case .forWord: "'for'"
    case .whileWord: "'while'"
    case .tryWord: "'try'"
    case .exceptWord: "'except'"
    case .finallyWord: "'finally'"
    case .withWord: "'with'"
    case .matchWord: "'match'"
    case .caseWord: "'case'"
    case .none, .other, .statementWord, .magic, .cellMagic: "the statement"
    }
  }

  /// The word of some bytes.
  init(_ word: String) { self = Self.words[word] ?? .other }

  private static let words: [String: LeadWord] = {
    let compound: [String: LeadWord] = [
      "async": .asyncWord, "def": .defWord, "class": .classWord, "if": .ifWord, "elif": .elifWord, "else": .elseWord, "for": .forWord,
      "while": .whileWord, "try": .tryWord, "except": .exceptWord, "finally": .finallyWord, "with": .withWord, "match": .matchWord,
      "case": .caseWord,
    ]
    let simple = ["import", "return", "raise", "del", "assert", "pass", "break", "continue", "global", "nonlocal"]
    return compound.merging(simple.map { ($0, .statementWord) }) { word, _ in word }
  }()

  /// No word of the table is longer.
  static let longest = 8
}
