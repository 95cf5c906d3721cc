// SPDX-License-Identifier: Apache-2.0

/// The word of a type, as in `"type": "handle:effect"`.
enum TypeWord: Hashable {
  case void
  case scalar(ScalarType)
  case text
  case buffer
  case length
  case handle(String)
  case structure(String)
  /// A field of a struct that callers do not see.
  case pointer
  case null

  /// What a type of an argument may be, for a sentence.
  static let words = ScalarType.allCases.map(\.rawValue) + ["cstring", "bytes", "length", "handle:NAME", "struct:NAME", "null"]

  init?(_ text: String) {
    let halves = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    switch (halves[0], halves.dropFirst().first) {
    case ("void", nil): self = .void
    case ("cstring", nil): self = .text
    case ("bytes", nil): self = .buffer
    case ("length", nil): self = .length
    case ("pointer", nil): self = .pointer
    case ("null", nil): self = .null
    case ("handle", let name?): self = .handle(name)
    case ("struct", let name?): self = .structure(name)
    case (let word, nil):
      guard let type = ScalarType(rawValue: word) else { return nil }
      self = .scalar(type)
    default: return nil
    }
  }

  /// What to do about a word that is no type.
  static func hint(_ text: String) -> String {
    if let type = ScalarType.namesInC[text] { return "write '\(type.rawValue)'" }
    if text.contains("*") {
      return "write 'cstring', 'bytes', 'handle:NAME', 'struct:NAME', or the type behind the pointer and its 'direction'"
    }
    return "write \(words.alternatives)"
  }
}
