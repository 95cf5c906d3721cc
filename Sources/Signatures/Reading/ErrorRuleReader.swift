// SPDX-License-Identifier: Apache-2.0
import JSON

/// Reads `errors`: a word, or { "when": …, "number": …, "texts": … }; and `errorTexts`.
struct ErrorRuleReader {
  /// Of the whole manifest.
  let texts: [Int64: String]

  func read(_ signature: Part) -> ErrorRule {
    guard let value = signature.members["errors"] else { return rule(.none) }
    if let word = value.stringValue {
      guard let sign = ErrorRule.Sign(rawValue: word == "zero-or-null" ? "zero" : word) else {
        signature.report("errors", "is '\(word)'; write \(ErrorRule.Sign.allCases.map(\.rawValue).alternatives)")
        return rule(.none)
      }
      return rule(sign)
    }
    guard let part = signature.part("errors", keys: ["when", "number", "texts"]) else { return rule(.none) }
    if !part.has("when") { part.report("when", "is missing; write \(ErrorRule.Sign.allCases.map(\.rawValue).alternatives)") }
    var rule = rule(part.choice("when", ErrorRule.Sign.self) ?? .none)
    if let number = part.choice("number", ErrorRule.Number.self) { rule.number = number }
    rule.texts.merge(Self.texts(part, "texts")) { _, own in own }
    return rule
  }

  private func rule(_ sign: ErrorRule.Sign) -> ErrorRule {
    ErrorRule(sign: sign, number: sign == .errno || sign == .zero ? .errno : .result, texts: texts)
  }

  /// A table from numbers, as text, to texts.
  static func texts(_ part: Part, _ key: String) -> [Int64: String] {
    guard let table = part.part(key, keys: nil) else { return [:] }
    var texts: [Int64: String] = [:]
    for name in table.members.keys.sorted() {
      guard let number = Int64(name) else {
        table.report(name, "is no number; write such as \"-3\": \"the data are damaged\"")
        continue
      }
      if let text = table.text(name) { texts[number] = text }
    }
    return texts
  }

  /// Reports a sign that what the function returns cannot give.
  static func check(_ rule: ErrorRule, _ returns: ReturnValue, _ signature: Part) {
    let isInteger = if case .scalar(let type) = returns.kind { type.isInteger } else { false }
    let isFloating = if case .scalar(let type) = returns.kind { type.isFloating } else { false }
    let isSigned = if case .scalar(let type) = returns.kind { type.isSigned && type.isInteger } else { false }
    let wanted: String? =
      switch rule.sign {
      case .none, .errno: nil
      case .nonzero: isInteger ? nil : "a whole number"
      case .negative: isSigned ? nil : "a signed whole number"
      case .zero: returns.kind == .void || isFloating ? "a whole number, true or false, or a pointer" : nil
      }
    if let wanted {
      signature.report("errors", "is '\(rule.sign.rawValue)', which needs a function that returns \(wanted); correct one of the two")
    }
    if rule.number == .result, rule.sign != .none, !isInteger, rule.sign != .zero {
      signature.report("errors", "takes its number from the result, which is none; write \"number\": \"errno\"")
    }
  }
}
