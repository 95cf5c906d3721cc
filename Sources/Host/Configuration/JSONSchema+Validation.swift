// SPDX-License-Identifier: Apache-2.0
package import JSON

extension JSONSchema {
  /// Finds everything that is wrong with a value; empty when it fits.
  ///
  /// - Parameters:
  ///   - base: The path of the value itself, put before the paths in the problems.
  ///   - secretsByReference: Whether `{"$env": …}` and `{"$file": …}` may stand wherever text is allowed.
  package func problems(in value: JSONValue, at base: JSONPath = JSONPath(), secretsByReference: Bool = false) -> [JSONProblem] {
    var validator = JSONValidator(secretsByReference: secretsByReference)
    validator.check(value, self, base)
    return validator.problems
  }

  /// Adds what the schema's defaults say to objects that lack it; nothing that is there changes.
  package func filledIn(_ value: JSONValue) -> JSONValue {
    switch value {
    case .object(var members):
      for (name, schema) in properties {
        if let present = members[name] {
          members[name] = schema.filledIn(present)
        } else if let filled = schema.valueWhenMissing {
          members[name] = filled
        }
      }
      if case .matching(let schema) = additional {
        for (name, member) in members where properties[name] == nil { members[name] = schema.filledIn(member) }
      }
      return .object(members)
    case .array(let elements):
      guard let schema = items.first else { return value }
      return .array(elements.map(schema.filledIn))
    case .null, .bool, .integer, .number, .string: return value
    }
  }

  /// The default, or an object of defaults when some property below has one and none is required without.
  private var valueWhenMissing: JSONValue? {
    if let defaultValue { return filledIn(defaultValue) }
    guard kinds == [.object] else { return .none }
    let filled = filledIn([:])
    // Not `? filled : nil`: that nil would be JSON's null.
    guard filled != [:], problems(in: filled).isEmpty else { return .none }
    return filled
  }
}

private struct JSONValidator {
  let secretsByReference: Bool
  var problems: [JSONProblem] = []

  mutating func check(_ value: JSONValue, _ schema: JSONSchema, _ path: JSONPath) {
    if secretsByReference, SecretReference(value) != nil, schema.kinds.isEmpty || schema.kinds.contains(.string) { return }
    guard schema.kinds.isEmpty || schema.kinds.contains(where: value.isOf) else {
      report(path, " is \(value.kindInWords)", "write \(words(schema.kinds.map(\.inWords)))")
      return
    }
    if let choices = schema.choices, !choices.contains(where: { $0.equals(value) }) {
      report(path, " is \(value.inShort)", "write \(words(choices.map(\.inShort)))")
      return
    }
    switch value {
    case .integer, .number: check(number: value.doubleValue ?? .nan, schema, path)
    case .string(let text): check(text.count, schema.length, "character", path)
    case .array(let elements): check(elements, schema, path)
    case .object(let members): check(members, schema, path)
    case .null, .bool: break
    }
    check(value, anyOf: schema.anyOf, path)
    check(value, oneOf: schema.oneOf, path)
  }

  private mutating func check(number: Double, _ schema: JSONSchema, _ path: JSONPath) {
    let text = JSONValue.number(number).inShort
    if !number.isFinite { report(path, " is not finite", "write a number") }
    if let bound = schema.minimum, number < bound { report(path, " is \(text)", "write at least \(JSONValue.number(bound).inShort)") }
    if let bound = schema.maximum, number > bound { report(path, " is \(text)", "write at most \(JSONValue.number(bound).inShort)") }
    if let bound = schema.exclusiveMinimum, number <= bound {
      report(path, " is \(text)", "write more than \(JSONValue.number(bound).inShort)")
    }
    if let bound = schema.exclusiveMaximum, number >= bound {
      report(path, " is \(text)", "write less than \(JSONValue.number(bound).inShort)")
    }
  }

  private mutating func check(_ count: Int, _ range: ClosedRange<Int>, _ noun: String, _ path: JSONPath) {
    guard !range.contains(count) else { return }
    let cure = count < range.lowerBound ? "write at least \(range.lowerBound)" : "write at most \(range.upperBound)"
    report(path, count == 0 ? " is empty" : " has \(count) \(noun)\(count == 1 ? "" : "s")", cure)
  }

  private mutating func check(_ elements: [JSONValue], _ schema: JSONSchema, _ path: JSONPath) {
    check(elements.count, schema.count, "element", path)
    guard let item = schema.items.first else { return }
    for (index, element) in elements.enumerated() { check(element, item, path.appending(index)) }
  }

  private mutating func check(_ members: [String: JSONValue], _ schema: JSONSchema, _ path: JSONPath) {
    for name in schema.required where members[name] == nil { report(path, " lacks the key '\(name)'", "add it") }
    for (name, value) in members.sorted(by: { $0.key < $1.key }) {
      let path = path.appending(name)
      if let property = schema.properties[name] {
        check(value, property, path)
        continue
      }
      switch schema.additional {
      case .allowed: break
      case .forbidden: problems.append(.unknownKey(name, at: path, known: Array(schema.properties.keys)))
      case .matching(let schema): check(value, schema, path)
      }
    }
  }

  private mutating func check(_ value: JSONValue, anyOf forms: [JSONSchema], _ path: JSONPath) {
    guard !forms.isEmpty else { return }
    let found = forms.map { $0.problems(in: value, at: path, secretsByReference: secretsByReference) }
    if !found.contains(where: \.isEmpty) { report(unfitting: value, forms, found, path) }
  }

  private mutating func check(_ value: JSONValue, oneOf forms: [JSONSchema], _ path: JSONPath) {
    guard !forms.isEmpty else { return }
    let found = forms.map { $0.problems(in: value, at: path, secretsByReference: secretsByReference) }
    let fitting = found.count(where: \.isEmpty)
    if fitting == 0 { report(unfitting: value, forms, found, path) }
    if fitting > 1 { report(path, " fits \(fitting) of the forms that exclude each other", "make it fit one") }
  }

  /// If the value is of the kind of just one form, that form is what was meant, and its problems are told.
  private mutating func report(unfitting value: JSONValue, _ forms: [JSONSchema], _ found: [[JSONProblem]], _ path: JSONPath) {
    let meant = forms.indices.filter { forms[$0].kinds.isEmpty || forms[$0].kinds.contains(where: value.isOf) }
    if meant.count == 1 { return problems += found[meant[0]] }
    let kinds = forms.flatMap(\.kinds)
    let cure = meant.isEmpty && !kinds.isEmpty ? "write \(words(kinds.map(\.inWords)))" : "make it fit one"
    report(path, " fits none of the \(forms.count) forms allowed", cure)
  }

  private mutating func report(_ path: JSONPath, _ finding: String, _ cure: String) {
    problems.append(JSONProblem(path: path, finding: finding, cure: cure))
  }

  private func words(_ options: [String]) -> String {
    guard options.count > 1 else { return options.first ?? "" }
    return options.dropLast().joined(separator: ", ") + " or " + options[options.count - 1]
  }
}

extension JSONSchema.Kind {
  fileprivate var inWords: String {
    switch self {
    case .null: "null"
    case .boolean: "true or false"
    case .integer: "a whole number"
    case .number: "a number"
    case .string: "text"
    case .array: "a list"
    case .object: "an object"
    }
  }
}

extension JSONValue {
  fileprivate func isOf(_ kind: JSONSchema.Kind) -> Bool {
    switch self {
    case .null: kind == .null
    case .bool: kind == .boolean
    case .integer: kind == .integer || kind == .number
    case .number: kind == .number || kind == .integer && intValue != nil
    case .string: kind == .string
    case .array: kind == .array
    case .object: kind == .object
    }
  }

  fileprivate var kindInWords: String {
    switch self {
    case .null: "null"
    case .bool(let value): value ? "true" : "false"
    case .integer: "a number"
    case .number(let value): value.isFinite ? "a number" : "not a finite number"
    case .string: "text"
    case .array: "a list"
    case .object: "an object"
    }
  }

  /// JSON, cut: what a sentence may hold of it.
  fileprivate var inShort: String {
    let text = intValue.map { "\($0)" } ?? serialized()
    return text.count <= 60 ? text : text.prefix(57) + "..."
  }

  /// 1 and 1.0 are one number.
  fileprivate func equals(_ other: JSONValue) -> Bool {
    self == other || doubleValue != nil && doubleValue == other.doubleValue
  }
}
