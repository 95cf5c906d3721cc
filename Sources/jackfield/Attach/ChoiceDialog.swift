// SPDX-License-Identifier: Apache-2.0
import JSON

/// Lets a person choose one or several of some options, by number or by name.
struct ChoiceDialog: AttachDialog {
  private let run: String
  private let message: String
  private let options: [(label: String, description: String)]
  private let isMany: Bool
  private let preset: [Int]?

  /// Longer lists are narrowed by typing a part of a name.
  static let mostShown = 40

  init(_ question: AttachQuestion) {
    run = question.run
    message = question.body["message"]?.stringValue ?? ""
    options = (question.body["options"]?.arrayValue ?? []).map { option in
      (ScriptText.line(option["label"]?.stringValue ?? "", 200), ScriptText.line(option["description"]?.stringValue ?? "", 200))
    }
    isMany = question.body["many"] == true
    let given = question.body["default"] ?? .null
    let indices = given.intValue.map { [$0] } ?? given.arrayValue?.compactMap(\.intValue)
    // What is no option is no default.
    let count = options.count
    preset = indices.flatMap { $0.allSatisfy((0..<count).contains) ? $0 : nil }
  }

  var opening: [String] { ["\(run) asks:"] + ScriptText.lines(message) + rows(Array(options.indices)) }

  private func rows(_ indices: [Int]) -> [String] {
    let width = "\(options.count)".count + 1
    let rows = indices.prefix(Self.mostShown).map { index in
      let (label, description) = options[index]
      let number = TextLayout.padded("\(index + 1)", to: width, right: true)
      return "\(preset?.contains(index) == true ? "*" : " ")\(number)  \(label)\(description.isEmpty ? "" : "  – \(description)")"
    }
    let rest = indices.count - rows.count
    return rest > 0 ? rows + ["   … \(rest) more; type a part of a name to see fewer"] : rows
  }

  var prompt: String {
    let range = options.count == 1 ? "1" : "1–\(options.count)"
    let usual = preset.map { $0.isEmpty ? " [none]" : " [\($0.map { "\($0 + 1)" }.joined(separator: ","))]" } ?? ""
    return "\(isMany ? "several of \(range), as 1,3–4" : range)\(usual): "
  }

  mutating func take(_ line: String) -> DialogStep {
    let text = line.trimmed
    if text.isEmpty {
      guard let preset else { return .again(isMany ? "type numbers, or 'none'" : "type a number") }
      return done(preset)
    }
    if isMany, text.lowercased() == "none" { return done([]) }
    return isMany ? several(text) : one(text)
  }

  private func done(_ indices: [Int]) -> DialogStep { .done(["chosen": .array(indices.map { .integer(Int64($0)) })]) }

  private func one(_ text: String) -> DialogStep {
    if let number = Int(text) {
      guard options.indices.contains(number &- 1) else { return .again("there is no \(number); type 1 to \(options.count)") }
      return done([number - 1])
    }
    return named(text)
  }

  /// By its name, or the beginning of it when no other begins so.
  private func named(_ text: String) -> DialogStep {
    let wanted = text.lowercased()
    let labels = options.map { $0.label.lowercased() }
    if let index = labels.firstIndex(of: wanted) { return done([index]) }
    let begun = labels.indices.filter { labels[$0].hasPrefix(wanted) }
    if begun.count == 1 { return done(begun) }
    let found = labels.indices.filter { labels[$0].contains(wanted) }
    return found.isEmpty ? .again("no option holds '\(ScriptText.line(text, 50))'; type a number") : .more(rows(found))
  }

  /// As "1,3-4".
  private func several(_ text: String) -> DialogStep {
    var indices: [Int] = []
    for word in text.split(whereSeparator: { $0 == "," || $0 == " " }) {
      let ends = word.split(whereSeparator: { $0 == "-" || $0 == "–" }).map { Int($0) }
      guard let first = ends.first.flatMap({ $0 }), let last = ends.last.flatMap({ $0 }), ends.count < 3 else { return named(text) }
      guard first <= last, options.indices.contains(first &- 1), options.indices.contains(last &- 1) else {
        return .again("'\(word)' is not within 1 to \(options.count)")
      }
      for number in first...last where !indices.contains(number &- 1) { indices.append(number - 1) }
    }
    return done(indices)
  }
}

extension String {
  /// Without blanks around it.
  var trimmed: String {
    var rest = self[...]
    while rest.first?.isWhitespace == true { rest.removeFirst() }
    while rest.last?.isWhitespace == true { rest.removeLast() }
    return String(rest)
  }
}
