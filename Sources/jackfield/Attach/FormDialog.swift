// SPDX-License-Identifier: Apache-2.0
import JSON

/// Fills in a form, field by field.
struct FormDialog: AttachDialog {
  private let run: String
  private let title: String
  private var fields: [FormField]
  private var at = 0
  private var values: JSONValue = [:]

  init(_ question: AttachQuestion) {
    run = question.run
    title = question.body["title"]?.stringValue ?? ""
    fields = FormField.all(question.body["schema"] ?? [:], question.body["values"] ?? [:])
  }

  private var field: FormField? { fields.indices.contains(at) ? fields[at] : nil }

  var opening: [String] {
    let count = fields.count == 1 ? "one field" : "\(fields.count) fields"
    let hint = fields.contains { !$0.isRequired && $0.preset != nil } ? "; \"-\" leaves out what has a value and may be empty" : ""
    return ["\(run) asks for a form of \(count)\(hint):"] + (title.isEmpty ? [] : ScriptText.lines(title)) + (field?.opening ?? [])
  }

  var prompt: String { field?.prompt ?? "press Enter: " }
  var isSecret: Bool { field?.isSecret ?? false }

  mutating func take(_ line: String) -> DialogStep {
    guard let field else { return .done(["values": values]) }
    switch field.read(line) {
    case .wrong(let reason): return .again(reason)
    case .nothing: fields[at].preset = nil
    case .value(let value):
      fields[at].preset = value
      values = Self.setting(field.path[...], to: value, in: values)
    }
    at += 1
    return self.field.map { .more($0.opening) } ?? .done(["values": values])
  }

  mutating func restart() -> [String] {
    at = 0
    values = [:]
    return field?.opening ?? []
  }

  private static func setting(_ path: ArraySlice<String>, to value: JSONValue, in object: JSONValue) -> JSONValue {
    guard let name = path.first else { return value }
    var object = object
    object[name] = setting(path.dropFirst(), to: value, in: object[name] ?? [:])
    return object
  }
}
