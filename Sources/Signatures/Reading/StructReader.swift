// SPDX-License-Identifier: Apache-2.0

/// Reads `structs`.
struct StructReader {
  let faults: FaultList

  func read(_ top: Part) -> [String: StructLayout] {
    let named = top.named("structs", limit: Limits.types, keys: ["fields", "summary"])
    return Dictionary(uniqueKeysWithValues: named.map { ($0.name, layout($0.part)) })
  }

  private func layout(_ part: Part) -> StructLayout {
    var layout = StructLayout()
    var names: Set<String> = []
    for field in part.parts("fields", limit: Limits.fields, keys: ["name", "type", "count", "encoding"]) {
      guard let name = field.name("name", isRequired: true), let kind = kind(field) else { continue }
      if !names.insert(name).inserted { field.report("name", "is '\(name)' a second time; rename one") }
      layout.append(name, kind)
    }
    if layout.fields.isEmpty { part.report("fields", "has no fields; write an array of { \"name\": …, \"type\": … }") }
    return layout
  }

  private func kind(_ field: Part) -> StructLayout.Field.Kind? {
    guard let word = field.text("type", isRequired: true) else { return nil }
    let count = field.integer("count", in: 1...Limits.elements)
    if field.has("encoding") { return characters(field, word, count) }
    switch (TypeWord(word), count) {
    case (.scalar(let type), nil): return field.has("count") ? nil : .scalar(type)
    case (.scalar(let type), let count?): return .array(type, count: count)
    case (.text, nil): return .text
    case (.pointer, nil): return .pointer
    case (.text, _), (.pointer, _):
      field.report("count", "stands beside '\(word)'; only arrays of numbers are understood")
    default:
      let words = ScalarType.allCases.map(\.rawValue) + ["cstring", "pointer"]
      field.report("type", "is '\(word)'; write \(ScalarType.namesInC[word].map { "'\($0.rawValue)'" } ?? words.alternatives)")
    }
    return nil
  }

  /// `char name[32]`.
  private func characters(_ field: Part, _ word: String, _ count: Int?) -> StructLayout.Field.Kind? {
    let type = TypeWord(word)
    guard type == .scalar(.u8) || type == .scalar(.i8), let count, field.text("encoding") == "utf8" else {
      field.report(
        "encoding", "is for text within the struct: \"type\": \"u8\", \"count\": N, \"encoding\": \"utf8\"; write so, or remove it")
      return nil
    }
    return .characters(count: count)
  }
}
